/**
 * Plugin of the Nest CLI (nest-cli.json). `nest start` compiles the service and the workspaces it imports as one program;
 * this makes the compiled imports of workspaces name their compiled sources. The CLI's own mapping of `paths` leaves a
 * name alone that Node can resolve, and would run what `npm run build` last left in the workspaces.
 */
const { dirname, relative } = require('node:path');
const ts = require('typescript');

exports.after = (_options, program) => (context) => (file) => {
  const { paths, pathsBasePath } = program.getCompilerOptions();
  const visit = (node) => {
    const [source] = (ts.isStringLiteral(node) && paths[node.text]) || [];
    if (source === undefined) return ts.visitEachChild(node, visit, context);
    const target = relative(dirname(file.fileName), `${pathsBasePath}/${source}`).replaceAll('\\', '/');
    return context.factory.createStringLiteral(
      `${target.startsWith('.') ? '' : './'}${target.replace(/\.ts$/, '.js')}`,
    );
  };
  return ts.visitEachChild(file, visit, context);
};
