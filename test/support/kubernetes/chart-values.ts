const PEER = [{ namespaceSelector: { matchLabels: { name: 'gateway' } } }];

/** What an operator might write, beside the secret of the database. */
export const VALUES: Readonly<Record<string, object>> = {
  'nothing but the database': {},
  'one replica': { replicas: 1 },
  autoscaling: { autoscaling: { enabled: true, maxReplicas: 20 } },
  'no metrics': { metrics: { enabled: false } },
  'metrics of an operator': {
    metrics: { serviceMonitor: { enabled: true, labels: { team: 'a' } }, prometheusRule: { enabled: true } },
  },
  'traces and a dashboard': {
    tracing: { endpoint: 'http://collector:4318', ratio: 0.01 },
    grafana: { dashboard: { enabled: true, labels: { team: 'a' } } },
  },
  'access control': { access: { enabled: true, adminKeySecret: 'admin' }, env: { HEKSHER_AUTH_PUBLIC: 'docs' } },
  'a network policy': { networkPolicy: { enabled: true } },
  'a narrow network policy': {
    networkPolicy: {
      enabled: true,
      ingressFrom: PEER,
      metricsFrom: PEER,
      databaseTo: [{ ipBlock: { cidr: '10.0.0.0/8' } }],
    },
  },
  'migrations by hand': { migration: { enabled: false } },
  'an image by digest': { image: { repository: 'r.example.com/heksher', digest: `sha256:${'0a'.repeat(32)}` } },
  'names of their own': { fullnameOverride: 'settings', serviceAccount: { create: false, name: 'settings' } },
  'where pods go': {
    nodeSelector: { disk: 'ssd' },
    tolerations: [{ key: 'a', operator: 'Exists' }],
    podAnnotations: { a: 'b' },
    podLabels: { c: 'd' },
    priorityClassName: 'high',
    imagePullSecrets: [{ name: 'pull' }],
  },
  'TLS of its own': { tls: { existingSecret: 'certificate', clientCertificates: true } },
  'TLS by variables': {
    env: { HEKSHER_TLS_CERT_FILE: '/certificates/tls.crt', HEKSHER_TLS_KEY_FILE: '/certificates/tls.key' },
  },
  'variables from elsewhere': {
    env: { HEKSHER_KEEP_ALIVE_S: 90, HEKSHER_AUTH_PUBLIC: 'docs' },
    extraEnv: [{ name: 'HEKSHER_CORS_ORIGINS', valueFrom: { configMapKeyRef: { name: 'a', key: 'b' } } }],
    extraManifests: [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'more' } }],
  },
};
