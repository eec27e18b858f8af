import { CST, Lexer } from "yaml";
import { headerOf } from "../cloudconfig/header.js";
import { parseYaml } from "../yaml/parse.js";

/**
 * A cloud-config as it is baked in: its header and everything that has a meaning, byte for byte (yip reads a scalar's text,
 * 0644 is not 644), without comments, blank lines and spaces at a line's end. So a comment changes no image, and `affected`
 * compares what is baked. What cannot be read stays as it is.
 */
export function bakedCloudConfig(text: string): string {
  if (parseYaml("cloud-config.yaml", text).value === undefined) return text;
  const header = headerOf(text);
  let baked = header ? `${header}\n` : "";
  // Spaces count only where something follows them in their line.
  let spaces = "";
  // The lexer puts a mark before a scalar, whose text is no other token then, whatever it looks like.
  let isScalar = false;
  for (const token of new Lexer().lex(text.replaceAll("\r\n", "\n"))) {
    const type: string | null = isScalar ? "text" : CST.tokenType(token);
    isScalar = type === "scalar";
    switch (type) {
      case "space":
        spaces += token;
        break;
      case "newline":
        // A block scalar brought the end of its last line with it.
        if (baked !== "" && !baked.endsWith("\n")) baked += token;
        spaces = "";
        break;
      case "comment":
      // The lexer's other marks are no text of the file either.
      case "scalar":
      case "doc-mode":
      case "flow-error-end":
        break;
      default:
        baked += spaces + token;
        spaces = "";
    }
  }
  return baked;
}
