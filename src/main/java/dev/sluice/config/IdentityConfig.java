package dev.sluice.config;

import java.util.List;

/**
 * Who is asking.
 *
 * @param order the sources of an agent's identity, first match wins: {@code header:NAME} or {@code body:PATH} with dots
 *     between the fields of a path
 * @param trustTenantHeader whether {@code Sluice-Tenant} is believed
 * @param scopeByCredential whether ids mean something only together with the credential that they came with
 * @param fingerprint how conversations are known again
 * @param strip fields of a body's root that are meant for Sluice, taken out where the engine refuses fields unknown to it
 */
public record IdentityConfig(
        List<String> order,
        boolean trustTenantHeader,
        boolean scopeByCredential,
        Fingerprint fingerprint,
        List<String> strip) {

    private static final List<String> OWN_FIELDS = List.of("program_id", "session_id", "extra_body");

    /**
     * Knowing conversations again by what they say.
     *
     * @param enabled whether it is done at all
     * @param maxConversations most conversations remembered; those that never went on are forgotten first
     */
    public record Fingerprint(boolean enabled, int maxConversations) {

        public static final Fingerprint DEFAULT = new Fingerprint(true, 20_000);
    }

    public static final IdentityConfig DEFAULT = new IdentityConfig(
            List.of(
                    "header:sluice-agent",
                    "header:x-dynamo-session-id",
                    "header:x-claude-code-session-id",
                    "header:thread-id",
                    "header:x-session-affinity",
                    "header:x-session-id",
                    "header:x-opencode-session",
                    "header:x-litellm-session-id",
                    "header:session-id",
                    "header:session_id",
                    "header:x-multi-turn-session-id",
                    "body:session_id",
                    "body:program_id",
                    "body:extra_body.program_id",
                    "body:session_params.id",
                    "body:vllm_xargs.session_id",
                    "body:conversation_params.conversation_id",
                    "body:metadata.session_id",
                    "body:metadata.user_id",
                    "body:prompt_cache_key",
                    "body:user"),
            false,
            true,
            Fingerprint.DEFAULT,
            OWN_FIELDS);

    /** With the usual fields to be taken out. */
    public IdentityConfig(
            List<String> order, boolean trustTenantHeader, boolean scopeByCredential, Fingerprint fingerprint) {
        this(order, trustTenantHeader, scopeByCredential, fingerprint, OWN_FIELDS);
    }

    IdentityConfig rememberingAtMost(int most) {
        Fingerprint smaller = new Fingerprint(fingerprint.enabled, Math.min(fingerprint.maxConversations, most));
        return new IdentityConfig(order, trustTenantHeader, scopeByCredential, smaller, strip);
    }

    IdentityConfig withFixedOf(IdentityConfig start) {
        return new IdentityConfig(order, trustTenantHeader, scopeByCredential, start.fingerprint, strip);
    }

    public IdentityConfig {
        order = List.copyOf(order);
        strip = List.copyOf(strip);
    }
}
