# A Prometheus rules file as a PrometheusRule: the same groups, under spec.
#   awk -v name=pipeline -f deploy/prometheus-rule.awk deploy/config/prometheus/rules/pipeline.yaml | kubectl apply -f -
BEGIN {
  print "apiVersion: monitoring.coreos.com/v1"
  print "kind: PrometheusRule"
  print "metadata:"
  print "  name: " name
  print "  namespace: monitoring"
  print "spec:"
}
/^---/ { next }
/^$/ { print; next }
{ print "  " $0 }
