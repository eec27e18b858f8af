import { at, entries, items, steps, textOf, type View } from "../cloudconfig/view.js";
import type { Finding, Found } from "../cloudconfig/words.js";
import { isFetched, keyFault, waitsForNetwork } from "./ssh-key.js";

/** What in an owner's cloud-config stands where a key should and lets nobody in, or lets in whoever answers for an address. */
export function keyFindings(root: View): Found[] {
  const ofUser = (user: View) => at(user, "ssh_authorized_keys");
  const top = [ofUser(root), ...items(at(root, "users")).map(ofUser)];
  // cloud-config/key-needs-network speaks of stages that are too early.
  const inStages = steps(root).flatMap(({ step }) => [
    ...entries(at(step, "users")).map(([, user]) => ofUser(user)),
    ...entries(at(step, "authorized_keys")).map(([, keys]) => keys),
  ]);
  return [
    ...top.flatMap(items).flatMap((view) => findings(view, true)),
    ...inStages.flatMap(items).flatMap((view) => findings(view, false)),
  ];
}

const FETCHED: Finding = {
  rule: "personal/fetched-key",
  severity: "warning",
  message: "Keys are fetched at each boot",
  found: "github:, gitlab: or an address",
  expected: "the key itself",
  reason:
    "no certificate is verified, so that whoever can answer for that host in the machine's network logs in as this user; " +
    "and a key that was fetched once stays",
};

function findings(view: View, atTop: boolean): Found[] {
  const entry = textOf(view);
  if (entry === undefined) return [];
  const fault = keyFault(entry);
  if (fault) return [{ view, finding: { rule: "personal/key", message: "This is no key to log in with", ...fault } }];
  if (!isFetched(entry)) return [];
  const early = atTop && !waitsForNetwork(entry);
  const reason = `${FETCHED.reason}${early ? "; an address is asked before the network is there for certain" : ""}`;
  return [{ view, finding: { ...FETCHED, reason } }];
}
