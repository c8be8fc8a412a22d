# What rendered manifests ask of a cluster, keep, open and let talk to each other, as a page.
#   awk -v options="--values real-cluster" -f deploy/rendering/summary.awk VALUES >SUMMARY.md
# VALUES are the lines of flatten.awk, of all folders.
BEGIN { FS = "\t" }

$1 != document { flush(); document = $1 }
{ value[$2] = $3; order[++n] = $2 }
END { flush(); write() }

function flush(    i, p) {
  if (n > 0 && value["kind"] != "") {
    kind = value["kind"]
    name = value["metadata.name"]
    namespace = value["metadata.namespace"]
    kinds[kind]++
    if (kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet") {
      workload(kind, kind == "DaemonSet" ? "a node" : count_of("spec.replicas"), sum("spec.template.spec.containers", "requests.cpu"),
        sum("spec.template.spec.containers", "requests.memory"), sum("spec.template.spec.containers", "limits.memory"))
      for (i = 0; value["spec.volumeClaimTemplates[" i "].metadata.name"] != ""; i++)
        volume(value["spec.volumeClaimTemplates[" i "].metadata.name"], value["spec.volumeClaimTemplates[" i "].spec.resources.requests.storage"], count_of("spec.replicas"))
    } else if (kind == "Prometheus" || kind == "Alertmanager" || kind == "KafkaNodePool") {
      workload(kind, count_of("spec.replicas"), cores(value["spec.resources.requests.cpu"]), bytes(value["spec.resources.requests.memory"]), bytes(value["spec.resources.limits.memory"]))
      p = "spec.storage.volumeClaimTemplate.spec.resources.requests.storage"
      if (value[p] != "") volume(tolower(kind), value[p], count_of("spec.replicas"))
      for (i = 0; value["spec.storage.volumes[" i "].size"] != ""; i++) {
        volume(value["spec.storage.volumes[" i "].id"], value["spec.storage.volumes[" i "].size"], count_of("spec.replicas"))
        if (kind == "KafkaNodePool") kafka_volume += bytes(value["spec.storage.volumes[" i "].size"])
      }
      if (kind == "KafkaNodePool") brokers = count_of("spec.replicas")
      if (kind == "Prometheus") retention["Prometheus"] = value["spec.retention"] ", " value["spec.retentionSize"] " at most"
      if (kind == "Alertmanager") retention["Alertmanager"] = value["spec.retention"]
    } else if (kind == "Kafka") {
      workload("Kafka's entity operator", 1, operators("requests.cpu", 1), operators("requests.memory", 0), operators("limits.memory", 0))
      for (i = 0; value["spec.kafka.listeners[" i "].port"] != ""; i++)
        talk("spec.kafka.listeners[" i "].networkPolicyPeers", "Kafka's brokers", value["spec.kafka.listeners[" i "].port"])
      listener = value["spec.kafka.listeners[0].port"] (value["spec.kafka.listeners[0].tls"] == "true" ? ", TLS and " value["spec.kafka.listeners[0].authentication.type"] : ", in the clear")
    } else if (kind == "KafkaTopic") {
      topics[++topic_count] = name
      partitions[name] = value["spec.partitions"]
      replication[name] = value["spec.replicas"]
      keeps_time[name] = value["spec.config.retention.ms"]
      keeps[name] = value["spec.config.retention.bytes"]
      segment[name] = value["spec.config.segment.bytes"]
    } else if (kind == "PersistentVolumeClaim") {
      volume(name, value["spec.resources.requests.storage"], 1)
    } else if (kind == "HorizontalPodAutoscaler") {
      least[namespace "/" value["spec.scaleTargetRef.name"]] = value["spec.minReplicas"]
      most[namespace "/" value["spec.scaleTargetRef.name"]] = value["spec.maxReplicas"]
    } else if (kind == "Service") {
      service()
    } else if (kind == "Ingress") {
      for (i = 0; value["spec.rules[" i "].host"] != ""; i++)
        hosts[++host_count] = (value["spec.tls[0].secretName"] != "" ? "https://" : "http://") value["spec.rules[" i "].host"] \
          " → " value["spec.rules[" i "].http.paths[0].backend.service.name"] "." namespace
    } else if (kind == "NetworkPolicy") {
      policy()
    }
    for (i = 1; i <= n; i++) {
      if (order[i] ~ /\|$/ && value[order[i]] ~ /retention_period:/) {
        p = value[order[i]]
        sub(/.*: */, "", p)
        retention["Loki"] = p
      }
      if (kind != "Role" && kind != "ClusterRole" && kind != "CustomResourceDefinition" && order[i] ~ /[sS]ecret(Ref)?\.name$|secretName$|secretKeyRef\.name$|existingSecret$|\.secrets\[[0-9]+\]$/)
        secrets[namespace "/" value[order[i]]] = 1
    }
    if (kind == "Secret") delete secrets[namespace "/" name]
    if (kind == "Secret") made[namespace "/" name] = 1
  }
  n = 0
  delete value
  delete order
}

function count_of(path) { return value[path] == "" ? 1 : value[path] }

# The sum over the containers of a pod.
function sum(path, what,    i, total, text) {
  for (i = 0; value[path "[" i "].name"] != ""; i++) {
    text = value[path "[" i "].resources." what]
    total += what ~ /cpu/ ? cores(text) : bytes(text)
  }
  return total + 0
}

function operators(what, cpu,    total, part) {
  part = value["spec.entityOperator.topicOperator.resources." what]
  total = cpu ? cores(part) : bytes(part)
  part = value["spec.entityOperator.userOperator.resources." what]
  return total + (cpu ? cores(part) : bytes(part))
}

function cores(text) { return text ~ /m$/ ? text / 1000 : text + 0 }

function bytes(text,    number) {
  number = text + 0
  if (text ~ /Ki$/) return number * 1024
  if (text ~ /Mi$/) return number * 1048576
  if (text ~ /Gi$/) return number * 1073741824
  if (text ~ /Ti$/) return number * 1099511627776
  if (text ~ /k$/) return number * 1000
  if (text ~ /M$/) return number * 1000000
  if (text ~ /G$/) return number * 1000000000
  return number
}

function workload(what, replicas, cpu, memory, limit) {
  workloads[++workload_count] = namespace "\t" what "\t" name "\t" replicas "\t" cpu "\t" memory "\t" limit
}

function volume(what, size, replicas) {
  volumes[++volume_count] = namespace "\t" kind "/" name "\t" what "\t" size "\t" replicas
  all_volumes += bytes(size) * replicas
}

function service(    i, ports) {
  if (value["spec.ports[0].port"] == "") return
  for (i = 0; value["spec.ports[" i "].port"] != ""; i++)
    ports = ports (i ? ", " : "") value["spec.ports[" i "].port"] (value["spec.ports[" i "].nodePort"] != "" ? " (node port " value["spec.ports[" i "].nodePort"] ")" : "")
  services[++service_count] = "| " name " | " namespace " | " (value["spec.type"] == "" ? "ClusterIP" : value["spec.type"]) " | " ports " |"
}

# A selector of labels as text; "every pod" for an empty one.
function selector(path,    i, text, key, part) {
  for (i = 1; i <= n; i++) {
    if (index(order[i], path ".matchLabels.") == 1) {
      key = substr(order[i], length(path ".matchLabels.") + 1)
      if (key == "kubernetes.io/metadata.name") text = text " " value[order[i]]
      else text = text " " short(key) "=" value[order[i]]
    } else if (index(order[i], path ".matchExpressions[") == 1 && order[i] ~ /\.values\[[0-9]+\]$/) {
      text = text (part == "" ? " " : " or ") value[order[i]]
      part = 1
    }
  }
  sub(/^ /, "", text)
  return text == "" ? "every pod" : text
}

function short(key) {
  sub(/.*\//, "", key)
  return key
}

function has_path(path,    i) {
  for (i = 1; i <= n; i++)
    if (index(order[i], path) == 1) return 1
  return 0
}

function policy(    i, k, ports, from) {
  if (!has_path("spec.ingress[0]")) talks[++talk_count] = "| nobody | " namespace ": " selector("spec.podSelector") " | |"
  for (i = 0; has_path("spec.ingress[" i "]"); i++) {
    ports = ""
    for (k = 0; value["spec.ingress[" i "].ports[" k "].port"] != ""; k++) ports = ports (k ? ", " : "") value["spec.ingress[" i "].ports[" k "].port"]
    talk("spec.ingress[" i "].from", selector("spec.podSelector"), ports == "" ? "all" : ports)
  }
}

function talk(path, to, ports,    j, where, who) {
  if (!has_path(path "[0]")) talks[++talk_count] = "| everybody | " namespace ": " to " | " ports " |"
  for (j = 0; has_path(path "[" j "]"); j++) {
    where = has_path(path "[" j "].namespaceSelector") ? selector(path "[" j "].namespaceSelector") : namespace
    if (value[path "[" j "].namespaceSelector"] == "{}") where = "every namespace"
    who = selector(path "[" j "].podSelector")
    talks[++talk_count] = "| " where ": " who " | " namespace ": " to " | " ports " |"
  }
}

function gib(number) { return sprintf("%.2f GiB", number / 1073741824) }
function mib(number) { return number == 0 ? "" : sprintf("%d Mi", number / 1048576 + 0.5) }
function days(ms) { return ms % 86400000 == 0 ? ms / 86400000 " d" : ms / 3600000 " h" }

function write(    i, f, cpu, memory, limit, count, total, replicas, t, per_broker, key) {
  print "# What these manifests are"
  print ""
  print "`deploy/render" (options == " " ? "" : options == "" ? "" : " " trim(options)) "`"
  print ""
  print "## Asked of the cluster"
  print ""
  print "Of each pod, and how many there are. With a range, an autoscaler decides; the sum counts its least."
  print ""
  print "| namespace | what | pods | CPU requested | memory requested | memory limit |"
  print "|---|---|---|---|---|---|"
  for (i = 1; i <= workload_count; i++) {
    split(workloads[i], f, "\t")
    replicas = f[4]
    count = replicas == "a node" ? 1 : replicas
    key = f[1] "/" f[3]
    if (key in least) {
      count = least[key]
      replicas = least[key] " to " most[key]
    }
    cpu += f[5] * count
    memory += f[6] * count
    limit += f[7] * count
    print "| " f[1] " | " f[2] " " f[3] " | " replicas " | " (f[5] ? f[5] : "") " | " mib(f[6]) " | " mib(f[7]) " |"
  }
  printf "\nTogether: %.2f cores and %s of memory requested, %s of memory at most (on one node).\n", cpu, gib(memory), gib(limit)
  print ""
  print "## Volumes"
  print ""
  print "| namespace | of | volume | size | how many |"
  print "|---|---|---|---|---|"
  for (i = 1; i <= volume_count; i++) {
    split(volumes[i], f, "\t")
    print "| " f[1] " | " f[2] " | " f[3] " | " f[4] " | " f[5] " |"
  }
  printf "\nTogether: %s.\n", gib(all_volumes)
  print ""
  print "## How long what is kept"
  print ""
  print "| what | how long |"
  print "|---|---|"
  if ("Loki" in retention) print "| Loki's lines | " retention["Loki"] " |"
  if ("Prometheus" in retention) print "| Prometheus' series | " retention["Prometheus"] " |"
  if ("Alertmanager" in retention) print "| Alertmanager's silences | " retention["Alertmanager"] " |"
  print ""
  print "| topic | partitions | replicas | how long | bytes a partition, and its segment |"
  print "|---|---|---|---|---|"
  for (i = 1; i <= topic_count; i++) {
    t = topics[i]
    total = partitions[t] * replication[t] * (keeps[t] + segment[t])
    per_broker += total / (brokers ? brokers : 1)
    print "| " t " | " partitions[t] " | " replication[t] " | " days(keeps_time[t]) " | " mib(keeps[t]) " + " mib(segment[t]) " |"
  }
  if (kafka_volume) printf "\nThe topics may fill %s of each broker's %s (%d %%).\n", gib(per_broker), gib(kafka_volume), per_broker * 100 / kafka_volume + 0.5
  print ""
  print "## Services and ports"
  print ""
  print "| service | namespace | type | ports |"
  print "|---|---|---|---|"
  for (i = 1; i <= service_count; i++) print services[i]
  if (listener != "") printf "\nKafka, whose Services Strimzi makes: %s.\n", listener
  print ""
  print "From outside, by the ingress:"
  print ""
  for (i = 1; i <= host_count; i++) print "- " hosts[i]
  if (!host_count) print "- nothing"
  print ""
  print "## Who may talk to whom"
  print ""
  print "Into pods that are not in the second column everybody may come."
  print ""
  print "| from | to | ports |"
  print "|---|---|---|"
  for (i = 1; i <= talk_count; i++) print talks[i]
}

function trim(text) {
  sub(/^ +/, "", text)
  sub(/ +$/, "", text)
  return text
}
