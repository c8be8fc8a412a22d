# What is in a folder of manifests, a line each: folder, API version, kind, namespace ("-" for none), name, with tabs between them.
#   awk -f deploy/rendering/flatten.awk FILE | awk -v folder=NAME -f deploy/rendering/objects.awk
BEGIN { FS = OFS = "\t" }
$1 != document { flush(); document = $1 }
$2 == "apiVersion" { version = $3 }
$2 == "kind" { kind = $3 }
$2 == "metadata.name" { name = $3 }
$2 == "metadata.namespace" { namespace = $3 }
END { flush() }
function flush() {
  if (name != "") print folder, version, kind, (namespace == "" ? "-" : namespace), name
  version = kind = name = namespace = ""
}
