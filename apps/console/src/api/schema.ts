/* Made from the service's OpenAPI document by "npm run console:types". */
export interface paths {
    "/api/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listKeys"];
        put?: never;
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getKey"];
        put?: never;
        post?: never;
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/principals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listPrincipals"];
        put?: never;
        post: operations["createPrincipal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/principals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getPrincipal"];
        put: operations["replacePrincipal"];
        post?: never;
        delete: operations["deletePrincipal"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/oauth-protected-resource": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getProtectedResource"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["whoami"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/context_features": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listContextFeatures"];
        put?: never;
        post: operations["addContextFeature"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/context_features/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getContextFeature"];
        put?: never;
        post?: never;
        delete: operations["deleteContextFeature"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/context_features/{name}/index": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["moveContextFeature"];
        trace?: never;
    };
    "/api/v1/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/settings/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getSetting"];
        put?: never;
        post?: never;
        delete: operations["deleteSetting"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listRules"];
        put?: never;
        post: operations["addRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rollouts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listRollouts"];
        put?: never;
        post: operations["addRollout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["lintSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/context_features/{name}/values": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listContextFeatureValues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/settings/declare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["declareSetting"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/settings/{name}/type": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["changeSettingType"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/settings/{name}/name": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["renameSetting"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/settings/{name}/configurable_features": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["changeConfigurableFeatures"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/settings/{name}/metadata": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getSettingMetadata"];
        put: operations["replaceSettingMetadata"];
        post: operations["mergeSettingMetadata"];
        delete: operations["clearSettingMetadata"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/settings/{name}/metadata/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["putSettingMetadataKey"];
        post?: never;
        delete: operations["deleteSettingMetadataKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rules/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["searchRule"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getRule"];
        put: operations["changeRule"];
        post?: never;
        delete: operations["deleteRule"];
        options?: never;
        head?: never;
        /** @deprecated */
        patch: operations["patchRule"];
        trace?: never;
    };
    "/api/v1/rules/{id}/value": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["changeRuleValue"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rules/{id}/metadata": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getRuleMetadata"];
        put: operations["replaceRuleMetadata"];
        post: operations["mergeRuleMetadata"];
        delete: operations["clearRuleMetadata"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rules/{id}/metadata/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["putRuleMetadataKey"];
        post?: never;
        delete: operations["deleteRuleMetadataKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/settings/{name}/override": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getOverride"];
        put: operations["setOverride"];
        post?: never;
        delete: operations["deleteOverride"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rollouts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getRollout"];
        put?: never;
        post?: never;
        delete: operations["deleteRollout"];
        options?: never;
        head?: never;
        patch: operations["changeRollout"];
        trace?: never;
    };
    "/api/v1/rollouts/{id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listRolloutMembers"];
        put: operations["replaceRolloutMembers"];
        post: operations["changeRolloutMembers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rollouts/{id}/members/{unit}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["isRolloutMember"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["queryRules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/evaluate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["evaluate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/settings/{name}/lint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["lintSetting"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ofrep/v1/evaluate/flags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["evaluateFlags"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ofrep/v1/evaluate/flags/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["evaluateFlag"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/history/{seq}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getHistoryEntry"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["diff"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/propagation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getPropagation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ofrep/v1/events/{channel}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["followFlags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listWebhooks"];
        put?: never;
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        patch: operations["editWebhook"];
        trace?: never;
    };
    "/api/v1/webhooks/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["replayWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/attempts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listWebhookAttempts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/dead_letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listWebhookDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changesets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listChangesets"];
        put?: never;
        post: operations["createChangeset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changesets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getChangeset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["editChangeset"];
        trace?: never;
    };
    "/api/v1/changesets/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["approveChangeset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changesets/{id}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["rejectChangesetAnswer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changesets/{id}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["withdrawChangesetAnswer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changesets/{id}/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["applyChangeset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/history/{seq}/revert": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["revertTransaction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health/startup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getStartup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        CreateKeyRequest: {
            subject: string;
            /** @enum {string} */
            kind?: "user" | "machine" | "public";
            grants: string[];
            pinned?: components["schemas"]["FeatureValues"];
            /** Format: date-time */
            expires_at?: string | null;
            description?: string;
            origins?: string[];
            rate?: string;
        };
        NewKeyAnswer: {
            id: string;
            subject: string;
            /** @enum {string} */
            kind: "user" | "machine" | "public";
            grants: string[];
            pinned: components["schemas"]["FeatureValues"];
            description: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string | null;
            /** Format: date-time */
            revoked_at: string | null;
            /** Format: date-time */
            last_used_at: string | null;
            origins: string[];
            rate: string | null;
            key: string;
        };
        FieldProblem: {
            field: string;
            message: string;
            /** @enum {string} */
            code: "malformed" | "missing" | "unknown_member" | "unknown_parameter" | "not_json" | "duplicate_key" | "exclusive" | "repeated" | "too_many" | "immutable" | "wrong_type" | "setting_not_found" | "alias_not_found" | "context_feature_not_found" | "rule_not_found" | "rollout_not_found" | "member_not_found" | "key_not_found" | "principal_not_found" | "webhook_not_found" | "not_configurable" | "first_version" | "version_too_low" | "needs_major_version" | "already_exists" | "name_taken" | "in_use" | "override_not_found" | "precondition_failed" | "pruned" | "in_past" | "in_future" | "change_not_found" | "not_as_expected" | "declaration_refused" | "touched_since" | "wrong_state" | "changeset_not_found" | "not_approved" | "contradiction" | "unauthenticated" | "not_allowed" | "rate_limited" | "no_route" | "method_not_allowed" | "too_large" | "unsupported" | "unavailable" | "doc_only" | "internal_error";
            pointer?: string;
            parameter?: string;
            rule_id?: number;
            rollout_id?: number;
            principal_id?: string;
            line?: number;
            setting?: string;
            latest_version?: string;
            operation?: number;
            op?: string;
            expected?: components["schemas"]["JsonValue"];
            actual?: components["schemas"]["JsonValue"];
            before?: components["schemas"]["JsonValue"];
            now?: components["schemas"]["JsonValue"];
            outcome?: components["schemas"]["JsonValue"];
            kind?: string;
            seq?: number;
            at?: string;
            actor?: string;
            state?: string;
            approvals_needed?: number;
            oldest_seq?: number;
            /** Format: date-time */
            oldest_at?: string;
            newest_seq?: number;
        };
        ChangeMade: {
            seq: number;
            /** Format: date-time */
            at: string;
            actor: string;
            message: string | null;
            request_id: string | null;
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            /** @enum {string} */
            code: "malformed" | "missing" | "unknown_member" | "unknown_parameter" | "not_json" | "duplicate_key" | "exclusive" | "repeated" | "too_many" | "immutable" | "wrong_type" | "setting_not_found" | "alias_not_found" | "context_feature_not_found" | "rule_not_found" | "rollout_not_found" | "member_not_found" | "key_not_found" | "principal_not_found" | "webhook_not_found" | "not_configurable" | "first_version" | "version_too_low" | "needs_major_version" | "already_exists" | "name_taken" | "in_use" | "override_not_found" | "precondition_failed" | "pruned" | "in_past" | "in_future" | "change_not_found" | "not_as_expected" | "declaration_refused" | "touched_since" | "wrong_state" | "changeset_not_found" | "not_approved" | "contradiction" | "unauthenticated" | "not_allowed" | "rate_limited" | "no_route" | "method_not_allowed" | "too_large" | "unsupported" | "unavailable" | "doc_only" | "internal_error";
            detail: string;
            instance: string;
            errors?: components["schemas"]["FieldProblem"][];
            omitted?: number;
            current?: components["schemas"]["JsonValue"];
            etag?: string;
            changed?: components["schemas"]["ChangeMade"];
            request_id?: string;
        };
        KeyAnswer: {
            id: string;
            subject: string;
            /** @enum {string} */
            kind: "user" | "machine" | "public";
            grants: string[];
            pinned: components["schemas"]["FeatureValues"];
            description: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string | null;
            /** Format: date-time */
            revoked_at: string | null;
            /** Format: date-time */
            last_used_at: string | null;
            origins: string[];
            rate: string | null;
        };
        KeysAnswer: {
            keys: components["schemas"]["KeyAnswer"][];
        };
        CreatePrincipalRequest: {
            grants: string[];
            pinned?: components["schemas"]["FeatureValues"];
            note?: string;
            /** @enum {string} */
            kind: "subject" | "client" | "role";
            issuer: string;
            name: string;
        };
        PrincipalAnswer: {
            id: string;
            /** @enum {string} */
            kind: "subject" | "client" | "role";
            issuer: string;
            name: string;
            grants: string[];
            pinned: components["schemas"]["FeatureValues"];
            note: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        PrincipalsAnswer: {
            principals: components["schemas"]["PrincipalAnswer"][];
        };
        ReplacePrincipalRequest: {
            grants: string[];
            pinned?: components["schemas"]["FeatureValues"];
            note?: string;
        };
        ProtectedResourceAnswer: {
            resource: string;
            authorization_servers: string[];
            scopes_supported: string[];
            bearer_methods_supported: string[];
            resource_name: string;
            tls_client_certificate_bound_access_tokens?: boolean;
        };
        GrantedActions: {
            evaluate: string[];
            read: string[];
            declare: string[];
            propose: string[];
            approve: string[];
            write: string[];
            admin: string[];
        };
        WhoamiAnswer: {
            subject: string | null;
            /** @enum {string} */
            kind: "user" | "machine" | "public" | "anyone";
            /** @enum {string} */
            proof: "key" | "token" | "gateway" | "certificate" | "none";
            is_controlled: boolean;
            grants: components["schemas"]["GrantedActions"];
            /** Format: date-time */
            expires_at: string | null;
        };
        ContextFeaturesAnswer: {
            context_features: string[];
        };
        ContextFeatureAnswer: {
            index: number;
        };
        AddContextFeatureRequest: {
            context_feature: string;
        };
        MoveContextFeatureRequest: {
            to_after?: string | null;
            to_before?: string | null;
        };
        SettingSummary: {
            name: string;
            type: string;
            default_value: components["schemas"]["JsonValue"];
            version: string;
        };
        SettingAnswer: {
            name: string;
            type: string;
            default_value: components["schemas"]["JsonValue"];
            version: string;
            configurable_features: string[];
            metadata: components["schemas"]["Metadata"];
            aliases: string[];
        };
        SettingsAnswer: {
            settings: (components["schemas"]["SettingAnswer"] | components["schemas"]["SettingSummary"])[];
        };
        CountedSummary: {
            name: string;
            type: string;
            default_value: components["schemas"]["JsonValue"];
            version: string;
            rule_count: number;
            rollout_count: number;
            finding_count?: number;
            changed?: components["schemas"]["LastChangeOfSetting"] | null;
        };
        CountedSetting: {
            name: string;
            type: string;
            default_value: components["schemas"]["JsonValue"];
            version: string;
            configurable_features: string[];
            metadata: components["schemas"]["Metadata"];
            aliases: string[];
            rule_count: number;
            rollout_count: number;
            finding_count?: number;
            changed?: components["schemas"]["LastChangeOfSetting"] | null;
        };
        LastChangeOfSetting: {
            seq: number;
            at: string;
            actor: string;
        };
        SettingsPageAnswer: {
            settings: (components["schemas"]["CountedSetting"] | components["schemas"]["CountedSummary"])[];
            total: number;
            next_cursor: string | null;
        };
        RuleLine: {
            setting: string;
            value: components["schemas"]["JsonValue"];
            feature_values: components["schemas"]["Conditions"];
            metadata: components["schemas"]["Metadata"];
            rule_id: number;
            changed?: components["schemas"]["LastChangeOfSetting"] | null;
            position: number | null;
            /** @enum {string} */
            kind: "rule";
        };
        RolloutLine: {
            rollout_id: number;
            setting: string;
            feature: string;
            feature_values: {
                [key: string]: string;
            };
            enabled: boolean;
            percentage?: number;
            ramp?: components["schemas"]["Ramp"];
            pattern: string | null;
            value?: components["schemas"]["JsonValue"];
            variants?: components["schemas"]["Variants"];
            /** @enum {string} */
            hash: "murmur3" | "crc32";
            salt: string;
            metadata: components["schemas"]["Metadata"];
            member_count: number;
            /** @enum {string} */
            state: "off" | "members_only" | "scheduled" | "ramping" | "partial" | "on" | "unreadable";
            percentage_now: number;
            /** Format: date-time */
            next_change: string | null;
            changed?: components["schemas"]["LastChangeOfSetting"] | null;
            position: number;
            /** @enum {string} */
            kind: "rollout";
        };
        LintFinding: {
            /** @enum {string} */
            kind: "never_wins" | "wins_only_without_feature" | "repeats_overridden" | "repeats_default" | "rollout_at_zero" | "rollout_at_hundred" | "rollout_disabled" | "ramp_finished" | "unfit_value" | "similar_values" | "unreadable" | "not_checked";
            about: components["schemas"]["LintSubject"] | null;
            rule_ids: number[];
            rollout_ids: number[];
            message: string;
        };
        SettingViewAnswer: {
            name: string;
            type: string;
            default_value: components["schemas"]["JsonValue"];
            version: string;
            configurable_features: string[];
            metadata: components["schemas"]["Metadata"];
            aliases: string[];
            rule_count: number;
            rollout_count: number;
            context_features: string[];
            lines?: (components["schemas"]["RuleLine"] | components["schemas"]["RolloutLine"])[];
            lines_omitted?: number;
            findings?: components["schemas"]["LintFinding"][];
            findings_omitted?: number;
        };
        ListedRule: {
            setting: string;
            value: components["schemas"]["JsonValue"];
            feature_values: components["schemas"]["Conditions"];
            metadata: components["schemas"]["Metadata"];
            rule_id: number;
        };
        RulesPageAnswer: {
            rules: components["schemas"]["ListedRule"][];
            next_cursor: string | null;
        };
        RolloutAnswer: {
            rollout_id: number;
            setting: string;
            feature: string;
            feature_values: {
                [key: string]: string;
            };
            enabled: boolean;
            percentage?: number;
            ramp?: components["schemas"]["Ramp"];
            pattern: string | null;
            value?: components["schemas"]["JsonValue"];
            variants?: components["schemas"]["Variants"];
            /** @enum {string} */
            hash: "murmur3" | "crc32";
            salt: string;
            metadata: components["schemas"]["Metadata"];
            member_count: number;
            /** @enum {string} */
            state: "off" | "members_only" | "scheduled" | "ramping" | "partial" | "on" | "unreadable";
            percentage_now: number;
            /** Format: date-time */
            next_change: string | null;
        };
        RolloutsPageAnswer: {
            rollouts: components["schemas"]["RolloutAnswer"][];
            total: number;
            next_cursor: string | null;
        };
        SettingFinding: {
            /** @enum {string} */
            kind: "never_wins" | "wins_only_without_feature" | "repeats_overridden" | "repeats_default" | "rollout_at_zero" | "rollout_at_hundred" | "rollout_disabled" | "ramp_finished" | "unfit_value" | "similar_values" | "unreadable" | "not_checked";
            about: components["schemas"]["LintSubject"] | null;
            rule_ids: number[];
            rollout_ids: number[];
            message: string;
            setting: string;
        };
        LintPageAnswer: {
            findings: components["schemas"]["SettingFinding"][];
            next_cursor: string | null;
        };
        NamedValue: {
            value: string;
            rule_count: number;
            rollout_count: number;
        };
        FeatureValuesAnswer: {
            values: components["schemas"]["NamedValue"][];
            total: number;
        };
        DeclareSettingRequest: {
            name: string;
            configurable_features: string[];
            type: string;
            default_value: components["schemas"]["JsonValue"];
            metadata?: components["schemas"]["Metadata"];
            alias?: string | null;
            /** @default 1.0 */
            version?: string | number;
        };
        CreatedAnswer: {
            /** @enum {string} */
            outcome: "created";
        };
        UpToDateAnswer: {
            /** @enum {string} */
            outcome: "uptodate";
        };
        AttributeDifference: {
            /** @enum {string} */
            level: "minor" | "major" | "mismatch";
            /** @enum {string} */
            attribute: "name" | "type" | "default_value" | "configurable_features" | "metadata";
            latest_value: components["schemas"]["JsonValue"];
        };
        MessageDifference: {
            /** @enum {string} */
            level: "minor" | "major" | "mismatch";
            message: string;
        };
        UpgradedAnswer: {
            /** @enum {string} */
            outcome: "upgraded";
            previous_version: string;
            differences: (components["schemas"]["AttributeDifference"] | components["schemas"]["MessageDifference"])[];
        };
        OutdatedAnswer: {
            /** @enum {string} */
            outcome: "outdated";
            latest_version: string;
            differences: (components["schemas"]["AttributeDifference"] | components["schemas"]["MessageDifference"])[];
        };
        MismatchAnswer: {
            /** @enum {string} */
            outcome: "mismatch";
            differences: (components["schemas"]["AttributeDifference"] | components["schemas"]["MessageDifference"])[];
        };
        RejectedAnswer: {
            /** @enum {string} */
            outcome: "rejected";
            previous_version: string;
            differences: (components["schemas"]["AttributeDifference"] | components["schemas"]["MessageDifference"])[];
        };
        ChangeTypeRequest: {
            type: string;
            version: string | number;
        };
        ConflictsAnswer: {
            conflicts: string[];
            errors: components["schemas"]["FieldProblem"][];
            omitted?: number;
        };
        RenameSettingRequest: {
            name: string;
            version: string | number;
        };
        ChangeConfigurableFeaturesRequest: {
            configurable_features: string[];
            version: string | number;
        };
        MetadataAnswer: {
            metadata: components["schemas"]["Metadata"];
        };
        SettingMetadataRequest: {
            metadata?: components["schemas"]["Metadata"];
            version: string | number;
        };
        SettingVersionRequest: {
            version: string | number;
        };
        SettingMetadataValueRequest: {
            value: components["schemas"]["JsonValue"];
            version: string | number;
        };
        AddRuleRequest: {
            setting: string;
            feature_values: {
                [key: string]: string | number | boolean;
            };
            value: components["schemas"]["JsonValue"];
            metadata?: components["schemas"]["Metadata"];
        };
        RuleIdAnswer: {
            rule_id: number;
        };
        RuleAnswer: {
            setting: string;
            value: components["schemas"]["JsonValue"];
            feature_values: components["schemas"]["Conditions"];
            metadata: components["schemas"]["Metadata"];
        };
        ChangeRuleRequest: {
            feature_values?: components["schemas"]["FeatureValues"];
            value?: components["schemas"]["JsonValue"];
            metadata?: components["schemas"]["Metadata"];
        };
        RuleValueRequest: {
            value: components["schemas"]["JsonValue"];
        };
        RuleMetadataRequest: {
            metadata?: components["schemas"]["Metadata"];
        };
        RuleMetadataValueRequest: {
            value: components["schemas"]["JsonValue"];
        };
        OverrideAnswer: {
            value: components["schemas"]["JsonValue"];
            metadata: components["schemas"]["Metadata"];
            rule_id: number;
        };
        OverrideRequest: {
            value: components["schemas"]["JsonValue"];
            metadata?: components["schemas"]["Metadata"];
        };
        AddRolloutRequest: {
            enabled?: boolean;
            percentage?: number | null;
            ramp?: components["schemas"]["Ramp"] | null;
            pattern?: string | null;
            value?: components["schemas"]["JsonValue"];
            variants?: components["schemas"]["Variants"] | null;
            /** @enum {string} */
            hash?: "murmur3" | "crc32";
            salt?: string;
            metadata?: components["schemas"]["Metadata"] | null;
            setting: string;
            feature: string;
            feature_values?: components["schemas"]["FeatureValues"];
            members?: string[];
        };
        RolloutIdAnswer: {
            rollout_id: number;
        };
        ChangeRolloutRequest: {
            enabled?: boolean;
            percentage?: number | null;
            ramp?: components["schemas"]["Ramp"] | null;
            pattern?: string | null;
            value?: components["schemas"]["JsonValue"];
            variants?: components["schemas"]["Variants"] | null;
            /** @enum {string} */
            hash?: "murmur3" | "crc32";
            salt?: string;
            metadata?: components["schemas"]["Metadata"] | null;
            feature_values?: components["schemas"]["FeatureValues"];
        };
        ChangeMembersRequest: {
            add?: string[];
            remove?: string[];
        };
        MemberCountsAnswer: {
            added: number;
            already: number;
            removed: number;
        };
        ReplaceMembersRequest: {
            members: string[];
        };
        MembersAnswer: {
            members: string[];
            count?: number;
            next_cursor: string | null;
        };
        QueriedRule: {
            value: components["schemas"]["JsonValue"];
            context_features: components["schemas"]["Conditions"];
            rule_id: number;
            metadata?: components["schemas"]["Metadata"];
        };
        QueriedRollout: {
            rollout_id: number;
            feature: string;
            context_features: components["schemas"]["Conditions"];
            enabled: boolean;
            percentage?: number;
            ramp?: components["schemas"]["Ramp"];
            members: string[] | null;
            member_count: number;
            pattern: string | null;
            value?: components["schemas"]["JsonValue"];
            variants?: components["schemas"]["Variants"];
            /** @enum {string} */
            hash: "murmur3" | "crc32";
            salt: string;
            metadata?: components["schemas"]["Metadata"];
        };
        QueriedSetting: {
            rules: components["schemas"]["QueriedRule"][];
            default_value: components["schemas"]["JsonValue"];
            type?: string;
            version?: string;
            rollouts?: components["schemas"]["QueriedRollout"][];
        };
        QueryAnswer: {
            settings: {
                [key: string]: components["schemas"]["QueriedSetting"];
            };
            context_features?: string[];
        };
        EvaluateRequest: {
            context?: {
                [key: string]: string | number | boolean;
            };
            contexts?: {
                [key: string]: string | number | boolean;
            }[];
            settings?: string[];
            /** @default false */
            explain?: boolean;
            /** Format: date-time */
            at?: string;
            /** @enum {string} */
            only?: "non_default";
        };
        EvaluationStep: {
            position: number;
            /** @enum {string} */
            kind: "rule" | "rollout" | "default";
            /** @enum {string} */
            outcome: "decides" | "overridden" | "does_not_match";
            why: string;
            rule_id?: number;
            rollout_id?: number;
            feature?: string;
            context_features?: components["schemas"]["Conditions"];
            value?: components["schemas"]["JsonValue"];
            variant?: string;
            failed?: string[];
            /** @enum {string} */
            because?: "member" | "pattern" | "percentage" | "disabled" | "condition" | "no_unit" | "bucket";
            unit?: string;
            bucket?: number;
            percentage?: number;
        };
        EvaluatedSetting: {
            value: components["schemas"]["JsonValue"];
            /** @enum {string} */
            reason: "RULE" | "ROLLOUT" | "DEFAULT";
            rule_id?: number;
            rollout_id?: number;
            variant?: string;
            why?: string;
            steps?: components["schemas"]["EvaluationStep"][];
            omitted?: number;
        };
        EvaluationMetadata: {
            as_of: number;
        };
        EvaluationAnswer: {
            settings: {
                [key: string]: components["schemas"]["EvaluatedSetting"];
            };
            context_sources?: {
                [key: string]: "request" | "pinned" | "claim" | "not_proven";
            };
            metadata?: components["schemas"]["EvaluationMetadata"];
        };
        EvaluationsAnswer: {
            evaluations: components["schemas"]["EvaluationAnswer"][];
            metadata?: components["schemas"]["EvaluationMetadata"];
        };
        LintSubject: {
            /** @enum {string} */
            kind: "rule" | "rollout";
            id: number;
        };
        LintAnswer: {
            findings: components["schemas"]["LintFinding"][];
            omitted: number;
        };
        EvaluationRequest: {
            context?: {
                [key: string]: unknown;
            } | null;
        };
        FlagMetadata: {
            rule_id?: number;
            rollout_id?: number;
            version: string;
            as_of?: number;
        };
        FlagAnswer: {
            key: string;
            value: components["schemas"]["JsonValue"];
            /** @enum {string} */
            reason: "STATIC" | "DEFAULT" | "TARGETING_MATCH" | "SPLIT" | "DISABLED";
            variant: string;
            metadata: components["schemas"]["FlagMetadata"];
        };
        FlagError: {
            /** @enum {string} */
            errorCode: "FLAG_NOT_FOUND" | "PARSE_ERROR" | "INVALID_CONTEXT" | "GENERAL";
            errorDetails: string;
            key: string;
        };
        BulkMetadata: {
            revision: string;
            as_of?: number;
        };
        StreamEndpoint: {
            requestUri: string;
        };
        FlagEvents: {
            /** @enum {string} */
            type: "sse";
            endpoint: components["schemas"]["StreamEndpoint"];
            inactivityDelaySec: number;
        };
        FlagsAnswer: {
            flags: (components["schemas"]["FlagAnswer"] | components["schemas"]["FlagError"])[];
            metadata: components["schemas"]["BulkMetadata"];
            eventStreams?: components["schemas"]["FlagEvents"][];
        };
        BulkError: {
            /** @enum {string} */
            errorCode: "FLAG_NOT_FOUND" | "PARSE_ERROR" | "INVALID_CONTEXT" | "GENERAL";
            errorDetails: string;
        };
        MembersChanged: {
            added: number;
            removed: number;
        };
        HistoryChange: {
            /** @enum {string} */
            kind: "context_features" | "setting" | "rule" | "rollout";
            /** @enum {string} */
            op: "created" | "changed" | "deleted";
            setting?: string;
            rule_id?: number;
            rollout_id?: number;
            feature?: string;
            feature_values?: components["schemas"]["JsonValue"];
            members?: components["schemas"]["MembersChanged"];
            old: components["schemas"]["JsonValue"];
            new: components["schemas"]["JsonValue"];
        };
        HistoryEntry: {
            seq: number;
            /** Format: date-time */
            at: string;
            actor: string;
            message: string | null;
            request_id: string | null;
            changes: components["schemas"]["HistoryChange"][];
            revision: string;
            changes_omitted: number;
        };
        HistoryAnswer: {
            entries: components["schemas"]["HistoryEntry"][];
            next_cursor: string | null;
        };
        HistoryEntryAnswer: {
            seq: number;
            /** Format: date-time */
            at: string;
            actor: string;
            message: string | null;
            request_id: string | null;
            changes: components["schemas"]["HistoryChange"][];
            revision: string;
            changes_omitted: number;
            next_cursor: string | null;
        };
        MembersOfEntry: {
            rollout_id: number;
            added: string[];
            removed: string[];
        };
        HistoryMembersAnswer: {
            seq: number;
            members: components["schemas"]["MembersOfEntry"];
            next_cursor: string | null;
        };
        DiffAnswer: {
            changes: components["schemas"]["HistoryChange"][];
            changes_omitted: number;
            from: number;
            to: number;
            next_cursor: string | null;
        };
        ChangeEvent: {
            seq: number;
            /** Format: date-time */
            at: string;
            actor: string;
            message: string | null;
            request_id: string | null;
            changes: components["schemas"]["HistoryChange"][];
            id: string;
            from_seq: number;
            traceparent?: string;
            tracestate?: string;
            settings: string[];
            changes_omitted: number;
        };
        ChangesAnswer: {
            changes: components["schemas"]["ChangeEvent"][];
            next: string;
            reset: boolean;
        };
        ClientReport: {
            client: string;
            principal: string | null;
            reached: boolean;
            serving: string | null;
            sent: string | null;
            is_open: boolean;
            /** Format: date-time */
            seen_at: string;
        };
        PropagationAnswer: {
            revision: string;
            reached: number;
            pending: number;
            is_complete: boolean;
            clients: components["schemas"]["ClientReport"][];
            clients_omitted: number;
        };
        CreateWebhookRequest: {
            /** Format: uri */
            url: string;
            settings?: string[];
            events?: ("heksher.change.committed" | "heksher.changeset.*" | "heksher.changeset.proposed" | "heksher.changeset.approved" | "heksher.changeset.rejected" | "heksher.changeset.scheduled" | "heksher.changeset.applied" | "heksher.changeset.failed" | "heksher.changeset.withdrawn")[];
            /** @enum {string} */
            on_failure?: "pause" | "skip";
            description?: string;
            handshake?: boolean;
            ed25519?: boolean;
        };
        NewWebhookAnswer: {
            id: string;
            public_key: string | null;
            url: string;
            description: string;
            settings: string[];
            events: string[];
            /** @enum {string} */
            on_failure: "pause" | "skip";
            handshake: boolean;
            /** @enum {string} */
            state: "enabled" | "paused" | "failed" | "disabled";
            reason: string | null;
            cursor: string;
            failures: number;
            /** Format: date-time */
            next_attempt_at: string | null;
            /** Format: date-time */
            created_at: string;
            rotating: boolean;
            secret: string;
        };
        WebhookAnswer: {
            id: string;
            public_key: string | null;
            url: string;
            description: string;
            settings: string[];
            events: string[];
            /** @enum {string} */
            on_failure: "pause" | "skip";
            handshake: boolean;
            /** @enum {string} */
            state: "enabled" | "paused" | "failed" | "disabled";
            reason: string | null;
            cursor: string;
            failures: number;
            /** Format: date-time */
            next_attempt_at: string | null;
            /** Format: date-time */
            created_at: string;
            rotating: boolean;
        };
        WebhooksAnswer: {
            webhooks: components["schemas"]["WebhookAnswer"][];
        };
        EditWebhookRequest: {
            /** Format: uri */
            url?: string;
            settings?: string[];
            events?: ("heksher.change.committed" | "heksher.changeset.*" | "heksher.changeset.proposed" | "heksher.changeset.approved" | "heksher.changeset.rejected" | "heksher.changeset.scheduled" | "heksher.changeset.applied" | "heksher.changeset.failed" | "heksher.changeset.withdrawn")[];
            /** @enum {string} */
            on_failure?: "pause" | "skip";
            description?: string;
            handshake?: boolean;
            /** @enum {string} */
            state?: "enabled" | "paused";
        };
        ReplayRequest: {
            from: string;
        };
        AttemptAnswer: {
            event_id: string;
            type: string;
            /** Format: date-time */
            at: string;
            duration_ms: number;
            status: number | null;
            error: string | null;
            answer: string | null;
        };
        AttemptsAnswer: {
            attempts: components["schemas"]["AttemptAnswer"][];
        };
        WebhookDeadLetter: {
            event_id: string;
            type: string;
            replay_from: string;
            reason: string;
            /** Format: date-time */
            at: string;
        };
        DeadLettersAnswer: {
            dead_letters: components["schemas"]["WebhookDeadLetter"][];
        };
        ChangesetRequest: {
            operations: components["schemas"]["ChangeOperation"][];
            message?: string | null;
            if_revision?: string | null;
            /** Format: date-time */
            apply_at?: string | null;
            /** @default 3600 */
            max_delay?: number;
            /** @default false */
            dry_run?: boolean;
            /** @default false */
            propose?: boolean;
        };
        OperationOutcome: {
            operation: number;
            rule_id?: number;
            rollout_id?: number;
            created?: boolean;
            setting?: string;
            outcome?: components["schemas"]["JsonValue"];
        };
        ChangesetResultAnswer: {
            changeset_id: number;
            /** @enum {string} */
            state: "proposed" | "approved" | "scheduled" | "applied" | "failed" | "withdrawn" | "rejected";
            seq?: number;
            revision?: string;
            results?: components["schemas"]["OperationOutcome"][];
            undo?: components["schemas"]["JsonValue"];
            approvals_needed?: number;
            /** Format: date-time */
            apply_at?: string;
        };
        AffectedShares: {
            on: number;
            off: number;
            between: number;
        };
        AffectedLint: {
            added: components["schemas"]["LintFinding"][];
            removed: components["schemas"]["LintFinding"][];
            omitted: number;
        };
        AffectedFeatureTest: {
            is?: string;
            not?: string[];
            known?: boolean;
        };
        AffectedDecider: {
            /** @enum {string} */
            kind: "rule" | "rollout" | "default";
            rule_id?: number;
            rollout_id?: number;
            variant?: string;
        };
        AffectedDecision: {
            value: components["schemas"]["JsonValue"];
            by: components["schemas"]["AffectedDecider"];
        };
        AffectedCellShare: {
            percent: number;
            by: ("percentage" | "member" | "pattern")[];
        };
        AffectedCell: {
            when: {
                [key: string]: components["schemas"]["AffectedFeatureTest"];
            };
            except: {
                [key: string]: components["schemas"]["AffectedFeatureTest"];
            }[];
            except_omitted: number;
            from: components["schemas"]["AffectedDecision"];
            to: components["schemas"]["AffectedDecision"];
            share?: components["schemas"]["AffectedCellShare"];
        };
        AffectedMemberCounts: {
            added: number;
            removed: number;
        };
        AffectedRollout: {
            rollout_id: number;
            feature: string;
            feature_values: {
                [key: string]: string;
            };
            /** @enum {string} */
            outcome: "created" | "deleted" | "changed";
            from: number | null;
            to: number | null;
            moved: components["schemas"]["AffectedShares"] | null;
            members: components["schemas"]["AffectedMemberCounts"];
            /** @enum {string|null} */
            pattern: "added" | "removed" | "changed" | null;
            ramp: boolean;
        };
        AffectedSetting: {
            setting: string;
            /** @enum {string} */
            outcome: "created" | "deleted" | "changed";
            renamed_from?: string;
            cells: components["schemas"]["AffectedCell"][];
            more: boolean;
            rollouts: components["schemas"]["AffectedRollout"][];
            rollouts_omitted: number;
            lint: components["schemas"]["AffectedLint"] | null;
        };
        ContextExample: {
            context: {
                [key: string]: string;
            };
            setting: string;
            from: components["schemas"]["AffectedDecision"];
            to: components["schemas"]["AffectedDecision"];
        };
        RecentContexts: {
            seen: number;
            changed: number;
            examples: components["schemas"]["ContextExample"][];
        };
        Affected: {
            settings: components["schemas"]["AffectedSetting"][];
            omitted: number;
            recent_contexts?: components["schemas"]["RecentContexts"];
        };
        ChangesetPreviewAnswer: {
            dry_run: boolean;
            revision: string;
            results: components["schemas"]["OperationOutcome"][];
            undo: {
                [key: string]: unknown;
            };
            affected: components["schemas"]["Affected"];
        };
        ApprovalMade: {
            actor: string;
            /** Format: date-time */
            at: string;
        };
        ListedChangeset: {
            changeset_id: number;
            /** @enum {string} */
            state: "proposed" | "approved" | "scheduled" | "applied" | "failed" | "withdrawn" | "rejected";
            message: string | null;
            author: string | null;
            editors: string[];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            decided_at: string | null;
            if_revision: string | null;
            /** Format: date-time */
            apply_at: string | null;
            max_delay: number;
            approvals: components["schemas"]["ApprovalMade"][];
            seq: number | null;
            failure: {
                [key: string]: unknown;
            } | null;
        };
        ChangesetPageAnswer: {
            changesets: components["schemas"]["ListedChangeset"][];
            next_cursor: string | null;
        };
        ChangesetAnswer: {
            changeset_id: number;
            /** @enum {string} */
            state: "proposed" | "approved" | "scheduled" | "applied" | "failed" | "withdrawn" | "rejected";
            message: string | null;
            author: string | null;
            editors: string[];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            decided_at: string | null;
            if_revision: string | null;
            /** Format: date-time */
            apply_at: string | null;
            max_delay: number;
            approvals: components["schemas"]["ApprovalMade"][];
            seq: number | null;
            failure: {
                [key: string]: unknown;
            } | null;
            operations: components["schemas"]["ChangeOperation"][];
            results?: components["schemas"]["OperationOutcome"][];
            undo?: components["schemas"]["JsonValue"];
            approvals_needed?: number;
            digest?: string;
            affected?: components["schemas"]["Affected"];
            conflicts?: components["schemas"]["JsonValue"];
        };
        EditChangesetRequest: {
            operations?: components["schemas"]["ChangeOperation"][];
            message?: string | null;
            /** Format: date-time */
            apply_at?: string | null;
            /** @default 3600 */
            max_delay?: number;
        };
        ApproveChangesetRequest: {
            digest: string;
        };
        RevertRequest: {
            message?: string | null;
            /** @default false */
            dry_run?: boolean;
            conflicts?: {
                /** @enum {string} */
                kind: "rule" | "rollout" | "setting" | "context_features";
                rule_id?: number;
                rollout_id?: number;
                setting?: string;
                seq: number;
                /** @enum {string} */
                choice: "keep" | "take";
            }[];
        };
        HealthAnswer: {
            version: string;
            doc_only?: boolean;
        };
        ProbeDetail: {
            /** @enum {string} */
            status: "up" | "down";
            message?: string;
            /** Format: date-time */
            since?: string;
        };
        ProbeAnswer: {
            /** @enum {string} */
            status: "ok" | "degraded" | "error";
            /** Format: date-time */
            since?: string;
            details: {
                [key: string]: components["schemas"]["ProbeDetail"];
            };
        };
        DryRunAnswer: {
            dry_run: boolean;
            revision: string;
            affected: components["schemas"]["Affected"];
        };
        /** Any JSON value */
        JsonValue: unknown;
        Metadata: {
            [key: string]: components["schemas"]["JsonValue"];
        };
        FeatureValues: {
            [key: string]: string | number | boolean;
        };
        Ramp: {
            /** Format: date-time */
            start: string;
            /** Format: date-time */
            end: string;
            from: number;
            to: number;
        };
        Variants: {
            name: string;
            value: components["schemas"]["JsonValue"];
            weight: number;
        }[];
        ChangeOperation: {
            /** @enum {string} */
            op: "put_rule" | "patch_rule" | "delete_rule" | "put_rollout" | "patch_rollout" | "delete_rollout" | "change_members" | "put_setting" | "declare" | "rename_setting" | "delete_setting" | "add_context_feature" | "move_context_feature" | "delete_context_feature";
            setting?: string;
            feature_values?: components["schemas"]["FeatureValues"];
            expect?: components["schemas"]["JsonValue"];
        } & {
            [key: string]: unknown;
        };
        Conditions: string[][];
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listKeys: {
        parameters: {
            query?: never;
            header?: {
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeysAnswer"];
                };
            };
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateKeyRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewKeyAnswer"];
                };
            };
        };
    };
    getKey: {
        parameters: {
            query?: never;
            header?: {
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyAnswer"];
                };
            };
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listPrincipals: {
        parameters: {
            query?: never;
            header?: {
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PrincipalsAnswer"];
                };
            };
        };
    };
    createPrincipal: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreatePrincipalRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PrincipalAnswer"];
                };
            };
        };
    };
    getPrincipal: {
        parameters: {
            query?: never;
            header?: {
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PrincipalAnswer"];
                };
            };
        };
    };
    replacePrincipal: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplacePrincipalRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PrincipalAnswer"];
                };
            };
        };
    };
    deletePrincipal: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getProtectedResource: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProtectedResourceAnswer"];
                };
            };
        };
    };
    whoami: {
        parameters: {
            query?: never;
            header?: {
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhoamiAnswer"];
                };
            };
        };
    };
    listContextFeatures: {
        parameters: {
            query?: {
                as_of?: string;
            };
            header?: {
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContextFeaturesAnswer"];
                };
            };
        };
    };
    addContextFeature: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddContextFeatureRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getContextFeature: {
        parameters: {
            query?: {
                as_of?: string;
            };
            header?: {
                "If-None-Match"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContextFeatureAnswer"];
                };
            };
        };
    };
    deleteContextFeature: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    moveContextFeature: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MoveContextFeatureRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listSettings: {
        parameters: {
            query?: {
                include_additional_data?: string;
                q?: string;
                type?: string;
                feature?: string;
                "metadata.owner"?: string;
                has?: string;
                without?: string;
                value?: string;
                changed_after?: string;
                sort?: "name" | "-name" | "rule_count" | "-rule_count" | "rollout_count" | "-rollout_count" | "changed" | "-changed";
                include?: string;
                limit?: string;
                cursor?: string;
                as_of?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingsAnswer"] | components["schemas"]["SettingsPageAnswer"];
                };
            };
        };
    };
    getSetting: {
        parameters: {
            query?: {
                include?: string;
                as_of?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingAnswer"] | components["schemas"]["SettingViewAnswer"];
                };
            };
        };
    };
    deleteSetting: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listRules: {
        parameters: {
            query?: {
                setting?: string;
                feature?: string;
                value?: string;
                rule_value?: string;
                limit?: string;
                cursor?: string;
                as_of?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RulesPageAnswer"];
                };
            };
        };
    };
    addRule: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddRuleRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleIdAnswer"];
                };
            };
        };
    };
    listRollouts: {
        parameters: {
            query?: {
                setting?: string;
                feature?: string;
                state?: string;
                limit?: string;
                cursor?: string;
                as_of?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RolloutsPageAnswer"];
                };
            };
        };
    };
    addRollout: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddRolloutRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RolloutIdAnswer"];
                };
            };
        };
    };
    lintSettings: {
        parameters: {
            query?: {
                kind?: string;
                "metadata.owner"?: string;
                limit?: string;
                cursor?: string;
                as_of?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LintPageAnswer"];
                };
            };
        };
    };
    listContextFeatureValues: {
        parameters: {
            query?: {
                prefix?: string;
                limit?: string;
                as_of?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeatureValuesAnswer"];
                };
            };
        };
    };
    declareSetting: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeclareSettingRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedAnswer"] | components["schemas"]["UpToDateAnswer"] | components["schemas"]["UpgradedAnswer"] | components["schemas"]["OutdatedAnswer"] | components["schemas"]["DryRunAnswer"];
                };
            };
        };
    };
    changeSettingType: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeTypeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    renameSetting: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenameSettingRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeConfigurableFeatures: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeConfigurableFeaturesRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getSettingMetadata: {
        parameters: {
            query?: {
                as_of?: string;
            };
            header?: {
                "If-None-Match"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MetadataAnswer"];
                };
            };
        };
    };
    replaceSettingMetadata: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SettingMetadataRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    mergeSettingMetadata: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SettingMetadataRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    clearSettingMetadata: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SettingVersionRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    putSettingMetadataKey: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                name: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SettingMetadataValueRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    deleteSettingMetadataKey: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                name: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SettingVersionRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    searchRule: {
        parameters: {
            query: {
                setting: string;
                feature_values: string;
                as_of?: string;
            };
            header?: {
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleIdAnswer"];
                };
            };
        };
    };
    getRule: {
        parameters: {
            query?: {
                as_of?: string;
            };
            header?: {
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleAnswer"];
                };
            };
        };
    };
    changeRule: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeRuleRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    deleteRule: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    patchRule: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RuleValueRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeRuleValue: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RuleValueRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getRuleMetadata: {
        parameters: {
            query?: {
                as_of?: string;
            };
            header?: {
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MetadataAnswer"];
                };
            };
        };
    };
    replaceRuleMetadata: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RuleMetadataRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    mergeRuleMetadata: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RuleMetadataRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    clearRuleMetadata: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    putRuleMetadataKey: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                id: number;
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RuleMetadataValueRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    deleteRuleMetadataKey: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                id: number;
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getOverride: {
        parameters: {
            query?: {
                as_of?: string;
            };
            header?: {
                "If-None-Match"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OverrideAnswer"];
                };
            };
        };
    };
    setOverride: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OverrideRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleIdAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    deleteOverride: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getRollout: {
        parameters: {
            query?: {
                as_of?: string;
            };
            header?: {
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RolloutAnswer"];
                };
            };
        };
    };
    deleteRollout: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeRollout: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeRolloutRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunAnswer"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listRolloutMembers: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: string;
                prefix?: string;
                as_of?: string;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MembersAnswer"];
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
        };
    };
    replaceRolloutMembers: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplaceMembersRequest"];
                "text/csv": string;
                "application/x-ndjson": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberCountsAnswer"];
                };
            };
        };
    };
    changeRolloutMembers: {
        parameters: {
            query?: {
                mode?: "add" | "remove" | "replace";
            };
            header?: {
                "If-Match"?: string;
                "Heksher-If-Revision"?: string;
                "Heksher-Message"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeMembersRequest"];
                "text/csv": string;
                "application/x-ndjson": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberCountsAnswer"];
                };
            };
        };
    };
    isRolloutMember: {
        parameters: {
            query?: {
                as_of?: string;
            };
            header?: never;
            path: {
                id: number;
                unit: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    queryRules: {
        parameters: {
            query?: {
                settings?: string;
                context_filters?: string;
                include_metadata?: string;
                include_rollouts?: string;
                as_of?: string;
            };
            header?: {
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueryAnswer"];
                };
            };
        };
    };
    evaluate: {
        parameters: {
            query?: {
                as_of?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EvaluateRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EvaluationAnswer"] | components["schemas"]["EvaluationsAnswer"];
                };
            };
        };
    };
    lintSetting: {
        parameters: {
            query?: {
                as_of?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LintAnswer"];
                };
            };
        };
    };
    evaluateFlags: {
        parameters: {
            query?: {
                as_of?: string;
            };
            header?: {
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EvaluationRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlagsAnswer"];
                };
            };
        };
    };
    evaluateFlag: {
        parameters: {
            query?: {
                as_of?: string;
            };
            header?: never;
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EvaluationRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlagAnswer"];
                };
            };
        };
    };
    listHistory: {
        parameters: {
            query?: {
                setting?: string;
                actor?: string;
                after?: string;
                before?: string;
                limit?: string;
                cursor?: string;
            };
            header?: {
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HistoryAnswer"];
                };
            };
        };
    };
    getHistoryEntry: {
        parameters: {
            query?: {
                members_of?: string;
                limit?: string;
                cursor?: string;
            };
            header?: {
                "If-None-Match"?: string;
            };
            path: {
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HistoryEntryAnswer"] | components["schemas"]["HistoryMembersAnswer"];
                };
            };
        };
    };
    diff: {
        parameters: {
            query: {
                from: string;
                to?: string;
                setting?: string;
                limit?: string;
                cursor?: string;
            };
            header?: {
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DiffAnswer"];
                };
            };
        };
    };
    listChanges: {
        parameters: {
            query?: {
                after?: string;
                settings?: string;
                limit?: string;
                wait?: string;
            };
            header?: {
                "Last-Event-ID"?: string;
                "Heksher-Client"?: string;
                "Heksher-Serving"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesAnswer"];
                    "text/event-stream": string;
                };
            };
        };
    };
    getPropagation: {
        parameters: {
            query: {
                revision: string;
                limit?: string;
            };
            header?: {
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PropagationAnswer"];
                };
            };
        };
    };
    followFlags: {
        parameters: {
            query?: never;
            header?: {
                "Last-Event-ID"?: string;
            };
            path: {
                channel: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    listWebhooks: {
        parameters: {
            query?: never;
            header?: {
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhooksAnswer"];
                };
            };
        };
    };
    createWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateWebhookRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhookAnswer"];
                };
            };
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: {
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookAnswer"];
                };
            };
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    editWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditWebhookRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookAnswer"];
                };
            };
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhookAnswer"];
                };
            };
        };
    };
    replayWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookAnswer"];
                };
            };
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttemptAnswer"];
                };
            };
        };
    };
    listWebhookAttempts: {
        parameters: {
            query?: never;
            header?: {
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttemptsAnswer"];
                };
            };
        };
    };
    listWebhookDeadLetters: {
        parameters: {
            query?: never;
            header?: {
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLettersAnswer"];
                };
            };
        };
    };
    listChangesets: {
        parameters: {
            query?: {
                state?: "proposed" | "approved" | "scheduled" | "applied" | "failed" | "withdrawn" | "rejected";
                limit?: string;
                cursor?: string;
            };
            header?: {
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesetPageAnswer"];
                };
            };
        };
    };
    createChangeset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangesetRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesetPreviewAnswer"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesetResultAnswer"];
                };
            };
        };
    };
    getChangeset: {
        parameters: {
            query?: never;
            header?: {
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesetAnswer"];
                };
            };
        };
    };
    editChangeset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditChangesetRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesetAnswer"];
                };
            };
        };
    };
    approveChangeset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApproveChangesetRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesetAnswer"];
                };
            };
        };
    };
    rejectChangesetAnswer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesetAnswer"];
                };
            };
        };
    };
    withdrawChangesetAnswer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesetAnswer"];
                };
            };
        };
    };
    applyChangeset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesetResultAnswer"];
                };
            };
        };
    };
    revertTransaction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                seq: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RevertRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesetPreviewAnswer"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesetResultAnswer"];
                };
            };
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthAnswer"];
                };
            };
        };
    };
    getLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProbeAnswer"];
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProbeAnswer"];
                };
            };
        };
    };
    getStartup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProbeAnswer"];
                };
            };
        };
    };
}
