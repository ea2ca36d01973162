package dev.sluice.config;

import java.util.List;

/**
 * Who is asking.
 *
 * @param order the sources of an agent's identity, first match wins: {@code header:NAME} or {@code body:PATH} with dots
 *     between the fields of a path
 * @param trustTenantHeader whether {@code Sluice-Tenant} is believed
 */
public record IdentityConfig(List<String> order, boolean trustTenantHeader) {

    public static final IdentityConfig DEFAULT = new IdentityConfig(
            List.of(
                    "header:sluice-agent",
                    "header:x-dynamo-session-id",
                    "header:x-claude-code-session-id",
                    "header:thread-id",
                    "header:x-session-affinity",
                    "header:x-session-id",
                    "header:x-litellm-session-id",
                    "header:session-id",
                    "header:session_id",
                    "body:session_id",
                    "body:program_id",
                    "body:conversation_params.conversation_id",
                    "body:metadata.session_id",
                    "body:metadata.user_id",
                    "body:prompt_cache_key",
                    "body:user"),
            false);

    public IdentityConfig {
        order = List.copyOf(order);
    }
}
