export default { entry: "./main.js", output: { publicPath: "/" } };
