// What trains, as the page loads it.
import "../../training/js/worker.js";
