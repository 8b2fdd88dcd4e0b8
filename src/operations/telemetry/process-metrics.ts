import type * as Prometheus from 'prom-client';

/** Gauges whose names are those of counters, by the rules of Prometheus ("Metric and label naming"); its own checker refuses them. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Of the process and not of a gateway: two in one process share it, because it watches for as long as the process lives. */
let registry: Prometheus.Registry | undefined;

/** Processor time, memory, files, garbage collection and the event loop of the process, as prom-client measures them. */
export const processMetrics = (library: typeof Prometheus): Prometheus.Registry => {
  if (registry === undefined) {
    registry = new library.Registry();
    library.collectDefaultMetrics({ register: registry });
    for (const name of misnamed) registry.removeSingleMetric(name);
  }
  return registry;
};
