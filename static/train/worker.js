// The training worker, as loaded by the page.
import "../../training/js/worker.js";
