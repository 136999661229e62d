{{- define "heksher.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "heksher.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains (include "heksher.name" .) .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "heksher.name" .) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "heksher.selector" -}}
app.kubernetes.io/name: {{ include "heksher.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "heksher.labels" -}}
{{ include "heksher.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "heksher.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "heksher.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "heksher.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* Of any pod: nobody is root, and nothing but /tmp is written. */}}
{{- define "heksher.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "heksher.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* Of probes: the service speaks TLS alone where it has a certificate. */}}
{{- define "heksher.scheme" -}}
{{- if or .Values.tls.existingSecret (hasKey .Values.env "HEKSHER_TLS_CERT_FILE") -}}HTTPS{{- else -}}HTTP{{- end -}}
{{- end -}}

{{/* The variables that migrations need as the service does. */}}
{{- define "heksher.databaseEnv" -}}
- name: HEKSHER_DB_CONNECTION_STRING_FILE
  value: /secrets/database/{{ .Values.database.key }}
{{- end -}}

{{- define "heksher.volumes" -}}
- name: tmp
  emptyDir: { sizeLimit: 64Mi }
- name: database
  secret:
    secretName: {{ required "database.existingSecret must name the secret with the connection string" .Values.database.existingSecret }}
    defaultMode: 0440
{{- end -}}

{{- define "heksher.mounts" -}}
- { name: tmp, mountPath: /tmp }
- { name: database, mountPath: /secrets/database, readOnly: true }
{{- end -}}
