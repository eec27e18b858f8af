import { any, flag, record, type Shape, table, text, texts, whole } from "./shape.js";
import { BREAKS_PROVIDER } from "./upstream.js";

const breaks = { breaks: BREAKS_PROVIDER };

const distribution = (name: string) =>
  record(
    name,
    {
      enabled: flag("Set it up"),
      args: texts("Arguments"),
      env: table("Variables", text("The value")),
      replace_args: flag("Replace the provider's arguments"),
      replace_env: flag("Replace the provider's variables"),
      embedded_registry: flag("Use the embedded registry (k3s)"),
    },
    {
      ...breaks,
      misnamed: { enable: { use: "enabled", reason: "this block has enabled; p2p and kubevip have enable" } },
    },
  );

/** Kubernetes' distributions, and what the machine is in their cluster: these keys start one through kairos-agent. */
const DISTRIBUTIONS = {
  k3s: distribution("A k3s server"),
  "k3s-agent": distribution("A k3s agent"),
  k0s: distribution("A k0s controller"),
  "k0s-worker": distribution("A k0s worker"),
} as const;

/** The keys of a cloud-config that start a Kubernetes distribution through kairos-agent. */
export const DISTRIBUTION_KEYS: readonly string[] = Object.keys(DISTRIBUTIONS);

/** provider-kairos internal/provider/config, and the cluster block of kairos-sdk's clusterplugin. */
export const PROVIDER: Readonly<Record<string, Shape>> = {
  ...DISTRIBUTIONS,
  p2p: record(
    "A cluster that forms itself over a peer-to-peer network",
    {
      network_token: text("Shared secret of the nodes"),
      network_id: text("Name of the network"),
      role: text("Role of this node", {
        values: ["master", "worker", "none", "master/clusterinit", "master/ha", "auto"],
      }),
      dns: flag("Embedded DNS"),
      loglevel: text("Log level"),
      disable_dht: flag("Find nodes in the local network only"),
      minimum_nodes: whole("Nodes to wait for", 0),
      dynamic_roles: flag("Change roles at run time"),
      distribution: text("Kubernetes distribution", { values: ["k3s", "k0s"] }),
      vpn: record("The VPN", {
        create: flag("Create it"),
        use: flag("Route the cluster through it"),
        env: table("Variables of EdgeVPN", text("The value")),
      }),
      auto: record("Automatic roles", {
        enable: flag("Assign roles"),
        enabled: flag("Assign roles (newer providers)"),
        ha: record("High availability", {
          enable: flag("Several control planes"),
          enabled: flag("Several control planes (newer providers)"),
          master_nodes: whole("Further control planes", 1),
          external_db: text("External database"),
        }),
      }),
    },
    breaks,
  ),
  kubevip: record(
    "A virtual address of the control plane",
    {
      eip: text("The address"),
      manifest_url: text("Where the manifest comes from"),
      interface: text("The network interface"),
      enable: flag("Use it"),
      enabled: flag("Use it (newer providers)"),
      static_pod: flag("As a static pod"),
      version: text("Version of kube-vip"),
      image: text("Image of kube-vip"),
      args: texts("Arguments"),
      config: any("kube-vip's own configuration"),
    },
    breaks,
  ),
  cluster: record("A cluster of another provider (kubeadm and others)", {
    cluster_token: text("Token of the cluster"),
    control_plane_host: text("Address of the control plane"),
    role: text("Role of this node", { values: ["init", "controlplane", "worker"], severity: "warning" }),
    config: text("The provider's own configuration, as a text"),
    providerConfig: table("Options of the provider", text("The value")),
    env: table("Variables", text("The value")),
    ca_certs: texts("Certificates to trust"),
    import_local_images: flag("Import images at the start"),
    local_images_path: text("Where those images stand"),
    cluster_config_path: text("Where the final configuration goes"),
  }),
};
