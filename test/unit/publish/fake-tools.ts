import type { Container } from "@dagger.io/dagger";
import { ATTACHMENTS, SIGNATURE_TYPE } from "../../../.dagger/src/plan/release-state.js";

// oras and cosign against a registry in memory, in place of their containers: as many of their commands as publishing uses, in
// their words. The registry has no referrers API, like ghcr.io: it keeps a list a digest, which names what was deleted, too.

type Answer = { code: number; out?: string; err?: string };
type Said = (args: readonly string[], mounted: Record<string, string>) => Answer;

/** A container whose program is a function. What is mounted, a test gives as text. */
function container(said: Said, mounted: Record<string, string> = {}, answer: Answer = { code: 0 }): Container {
  const self = {
    withEnvVariable: () => self,
    withSecretVariable: () => self,
    withWorkdir: () => self,
    withMountedDirectory: () => self,
    withNewFile: () => self,
    withMountedFile: (path: string, file: unknown) => container(said, { ...mounted, [path]: String(file) }),
    withExec: (args: string[]) => container(said, mounted, said(args, mounted)),
    exitCode: async () => answer.code,
    stdout: async () => answer.out ?? "",
    stderr: async () => answer.err ?? "",
    file: (path: string) => ({ contents: async () => pulled(answer, path) }),
  };
  return self as never;
}

const pulled = ({ out = "" }: Answer, path: string) =>
  (JSON.parse(out) as Record<string, string>)[path.split("/").at(-1) ?? ""];

type Manifest = { text: string; files?: Record<string, string> };

/** A registry with one repository, the tools that speak with it, and what a test looks at. */
export function fakeRegistry(repository: string) {
  const manifests = new Map<string, Manifest>();
  const tags = new Map<string, string>();
  const attached = new Map<string, { artifactType: string; digest: string }[]>();
  const calls: string[] = [];
  let made = 0;
  const digestOf = (reference = "") =>
    reference.includes("@") ? reference.split("@")[1] : tags.get(reference.split(":").at(-1) ?? "");
  const attach = (image: string, type: string, manifest: Manifest) => {
    const digest = `sha256:${String(++made).padStart(64, "0")}`;
    manifests.set(digest, manifest);
    const subject = digestOf(image) ?? "";
    attached.set(subject, [...(attached.get(subject) ?? []), { artifactType: type, digest }]);
  };
  const absent = (reference = ""): Answer => ({
    code: 1,
    err: `Error response from registry: ${reference}: not found`,
  });
  const oras: Said = (args, mounted) => {
    calls.push(args.join(" "));
    const [verb, ...rest] = args;
    const last = rest.at(-1) ?? "";
    const there = manifests.get(digestOf(last) ?? "");
    switch (verb === "repo" || verb === "manifest" ? `${verb} ${rest[0]}` : verb) {
      case "repo tags":
        return { code: 0, out: [...tags.keys()].join("\n") };
      case "resolve":
        return there ? { code: 0, out: digestOf(last) ?? "" } : absent(last);
      case "manifest fetch":
        return there ? { code: 0, out: there.text } : absent(last);
      case "discover":
        return { code: 0, out: JSON.stringify({ referrers: attached.get(digestOf(last) ?? "") ?? [] }) };
      case "pull":
        return there ? { code: 0, out: JSON.stringify(there.files ?? {}) } : absent(last);
      case "attach": {
        const type = rest[0]?.replace("--artifact-type=", "") ?? "";
        const file = last.split(":")[0] ?? "";
        attach(rest[1] ?? "", type, {
          text: JSON.stringify({ artifactType: type }),
          files: { [file]: mounted[file] ?? "" },
        });
        return { code: 0 };
      }
      case "tag":
        for (const name of rest.slice(1)) tags.set(name, digestOf(rest[0]) ?? "");
        return { code: 0 };
      default:
        throw new Error(`oras ${args.join(" ")}: not known to the fake`);
    }
  };
  /** Whose signatures there are, and whose are believed: everybody's but a stranger's. */
  const cosign = (signsAs: string): Container =>
    container((args) => {
      calls.push(args.join(" "));
      const image = args.at(-1) ?? "";
      if (args[0] === "sign") {
        const annotations = { "dev.sigstore.bundle.predicateType": "https://sigstore.dev/cosign/sign/v1" };
        attach(image, SIGNATURE_TYPE, {
          text: JSON.stringify({ artifactType: SIGNATURE_TYPE, annotations, by: signsAs }),
        });
        return { code: 0 };
      }
      const texts = (attached.get(digestOf(image) ?? "") ?? []).map(
        ({ digest }) => manifests.get(digest)?.text ?? "{}",
      );
      const believed = texts.some((text) => (JSON.parse(text) as { by?: string }).by === "friend");
      return believed ? { code: 0 } : { code: 1, err: "Error: no matching attestations: the job is another one" };
    });
  return {
    oras: container(oras),
    cosign,
    calls,
    tags,
    /** Puts an image there under a tag, whole but for what is left out. */
    published: (tag: string, texts: Record<keyof typeof ATTACHMENTS, string>) => {
      const digest = `sha256:${String(++made).padStart(64, "f")}`;
      manifests.set(digest, { text: "{}" });
      tags.set(tag, digest);
      for (const [name, { type, file }] of Object.entries(ATTACHMENTS)) {
        const text = texts[name as keyof typeof ATTACHMENTS];
        attach(`${repository}@${digest}`, type, {
          text: JSON.stringify({ artifactType: type }),
          files: { [file]: text },
        });
      }
      return digest;
    },
    /** Deletes what a list still names, as a cleaner of untagged versions does. */
    deleted: (image: string, type: string) => {
      for (const one of attached.get(image) ?? []) if (one.artifactType === type) manifests.delete(one.digest);
    },
    /** Puts an image there without anything attached. */
    pushed: (digest: string) => manifests.set(digest, { text: "{}" }),
  };
}
