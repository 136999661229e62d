/** In place of a CSS module: each class is called as it is there. */
export default new Proxy({}, { get: (_classes, name) => name });
