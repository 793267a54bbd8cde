export { clusterPid, clusterUrl, initialiseCluster, startCluster, type ClusterOptions, type RunningCluster } from './postgres-cluster.ts';
export { findRedisServer, startRedis, type RedisOptions, type RunningRedis } from './redis-server.ts';
export { processCommandLine, processIdentity } from './process-identity.ts';
export { freePort } from './free-port.ts';
