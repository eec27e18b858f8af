/**
 * One line of comma-separated values, with double quotes around a value that holds a comma; `""` is a quote.
 * Undefined where a quote has no partner.
 */
export function csv(line: string): string[] | undefined {
  if (line === "") return [];
  const values: string[] = [];
  let i = 0;
  for (;;) {
    let value = "";
    if (line[i] === '"') {
      i++;
      for (;;) {
        if (i >= line.length) return undefined;
        if (line[i] === '"' && line[i + 1] === '"') {
          value += '"';
          i += 2;
        } else if (line[i] === '"') {
          i++;
          break;
        } else value += line[i++];
      }
      if (i < line.length && line[i] !== ",") return undefined;
    } else {
      const end = line.indexOf(",", i);
      value = line.slice(i, end < 0 ? undefined : end);
      if (value.includes('"')) return undefined;
      i = end < 0 ? line.length : end;
    }
    values.push(value);
    if (i >= line.length) return values;
    i++;
  }
}
