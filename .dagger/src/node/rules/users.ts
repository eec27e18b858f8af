import { entries, type Finding, type Rule } from "./rule.js";

export const hasAUser: Rule = {
  id: "node/has-a-user",
  severity: "error",
  reason:
    "kairos-agent refuses to install without a user in the group admin, install.nousers or /etc/kairos/.nousers " +
    "(https://github.com/kairos-io/kairos/issues/2962)",
  find({ node, cloud, cloudYaml }) {
    // A cloud-config that cannot be read has problems of its own.
    if (!cloudYaml) return [];
    if (cloud.users.some((user) => user.groups.includes("admin"))) return [];
    if (cloud.noUsers || node.install?.nousers === true) return [];
    if (entries(node.files).some(([, file]) => file.path === "/etc/kairos/.nousers")) return [];
    return [
      {
        file: cloudYaml.file,
        span: cloudYaml.keySpan(cloud.users[0]?.path ?? []),
        message: "Nobody can administer this node, so the installer refuses it",
        found:
          cloud.users.length === 0
            ? "no users"
            : `users outside admin: ${cloud.users.map((user) => user.name).join(", ")}`,
        expected: "a user with groups: [admin], or install.nousers: true",
      },
    ];
  },
};

/** A password that no one can log in with: locked, as shadow(5) has it. */
const LOCKED = /^[!*]+$/;

export const noDefaultPassword: Rule = {
  id: "cloud-config/no-default-password",
  severity: "error",
  reason: "an image is the same for everybody who can pull it, and so is a password in it, hashed or not; use SSH keys",
  find({ cloud, cloudYaml }) {
    const file = cloudYaml ? { file: cloudYaml.file } : {};
    const findings: Finding[] = cloud.users.flatMap(({ name, password }) =>
      password === undefined || LOCKED.test(password.value)
        ? []
        : [
            {
              ...file,
              span: cloudYaml?.span(password.path),
              message: `The user ${name} has a password in the image`,
              found: /^\$\w+\$/.test(password.value) ? "a hashed password" : "a password in plain text",
              expected: "ssh_authorized_keys and no password",
            },
          ],
    );
    for (const { value, path } of cloud.commands) {
      if (!/\bchpasswd\b|\bpasswd\s+--stdin\b|\busermod\b.*\s(-p|--password)\b/.test(value)) continue;
      findings.push({
        ...file,
        span: cloudYaml?.span(path),
        message: "A command sets a password",
        found: "chpasswd, passwd --stdin or usermod -p",
        expected: "ssh_authorized_keys and no password",
      });
    }
    return findings;
  },
};
