# Puts each document of a release's manifests, as kustomize writes them, into the folder where it belongs:
#   kubectl kustomize … | awk -v release=loki -v namespace=monitoring -v out=DIR -v drop="Kind/name …" -v mirror=HOST -v own=REGISTRY -f deploy/rendering/place.awk
# A namespaced object without a namespace gets the release's. With a mirror, images are pulled from there, but those of the registry
# "own". Images are listed in out/images.
BEGIN {
  split(drop, words, " ")
  for (i in words) dropped[words[i]] = 1
  split("APIService ClusterRole ClusterRoleBinding CustomResourceDefinition IngressClass Namespace PriorityClass", words, " ")
  for (i in words) of_cluster[words[i]] = 1
}

/^---/ { place(); next }
{ lines[++n] = $0 }
/^[a-zA-Z]/ { section = $1 }
/^kind: / { kind = $2 }
section == "metadata:" && /^  name: / { name = $2 }
section == "metadata:" && /^  namespace: / { has_namespace = 1 }
section == "metadata:" && /^    helm.sh\/hook: / { hook = $2 }
END { place() }

function place(    folder, file, i) {
  if (kind != "" && !((kind "/" name) in dropped) && hook !~ /^test/) {
    if (hook != "") {
      printf "%s: %s/%s is a hook of Helm's (%s), which nothing but Helm runs: turn it off in deploy/values/%s.yaml\n", release, kind, name, hook, release >"/dev/stderr"
      exit 1
    }
    folder = folder_of(kind, name)
    file = out "/" folder "/" release ".yaml"
    print "---" >file
    for (i = 1; i <= n; i++) {
      print (runs_images() ? mirrored(lines[i]) : lines[i]) >file
      if (lines[i] == "metadata:" && !has_namespace && !(kind in of_cluster)) print "  namespace: " namespace >file
    }
  }
  n = 0
  kind = name = hook = section = ""
  has_namespace = 0
}

function folder_of(kind, name) {
  if (kind == "Namespace" || kind == "CustomResourceDefinition") return "00-crds"
  if (kind == "NetworkPolicy" || kind == "Ingress") return "90-policies"
  if (kind ~ /^(Prometheus|PrometheusRule|Alertmanager|ServiceMonitor|PodMonitor|ScrapeConfig|APIService)$/) return "40-monitoring"
  if (release == "strimzi" || release == "ingress-nginx" || release == "traefik") return "10-operators"
  if (release == "prometheus" && name ~ /-operator$/) return "10-operators"
  if (release == "loki" || release == "object-store" || release == "kafka") return "20-stores"
  if (release ~ /^alloy/ || release == "services") return "30-pipeline"
  return "40-monitoring"
}

# Kinds whose fields name images that somebody pulls.
function runs_images() { return kind !~ /^(ConfigMap|CustomResourceDefinition|PrometheusRule|Namespace)$/ }

function mirrored(line,    before, image, rest, host) {
  rest = line
  before = ""
  # Any image with the name of a registry, wherever it stands: operators are given images in arguments and in their environment.
  while (match(rest, /[a-z0-9][a-z0-9.-]*\.[a-z]+(:[0-9]+)?\/[a-z0-9][a-z0-9._\/-]*(:[A-Za-z0-9_][A-Za-z0-9._-]*|@sha256:[0-9a-f]+)+/)) {
    image = substr(rest, RSTART, RLENGTH)
    before = before substr(rest, 1, RSTART - 1)
    rest = substr(rest, RSTART + RLENGTH)
    if (before ~ /\/$/) before = before image
    else before = before renamed(image)
  }
  if (before == "" && match(line, /^ *(- )?image: /)) {
    # Without a registry's name it is Docker Hub's, or one of this machine's.
    image = substr(line, RLENGTH + 1)
    gsub(/["']/, "", image)
    if (image ~ /^localhost[:\/]/) {
      print image >>(out "/images")
      return line
    }
    if (image !~ /\//) image = "library/" image
    return substr(line, 1, RLENGTH) renamed("docker.io/" image)
  }
  return before rest
}

function renamed(image) {
  if (own != "" && index(image, own "/") == 1) {
    print image >>(out "/images")
    return image
  }
  if (mirror != "") sub(/^[^\/]+/, mirror, image)
  print image >>(out "/images")
  return image
}
