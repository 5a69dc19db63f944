export { createApp, h, ref, shallowRef } from "vue";
