import type { StripCode } from "./affected.js";

/**
 * Reduces TypeScript to what runs: without comments, types and layout. The compiler is loaded here only, because it is
 * large and most changes touch no code of the module.
 */
export async function codeStripper(): Promise<StripCode> {
  const { default: ts } = await import("typescript");
  return (text) => {
    const compilerOptions = {
      removeComments: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    };
    return ts.transpileModule(text, { compilerOptions, reportDiagnostics: false }).outputText;
  };
}
