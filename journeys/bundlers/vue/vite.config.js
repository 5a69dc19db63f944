import vue from "@vitejs/plugin-vue";

const isCustomElement = (tag) => tag === "scorecast-predictor";

export default { plugins: [vue({ template: { compilerOptions: { isCustomElement } } })] };
