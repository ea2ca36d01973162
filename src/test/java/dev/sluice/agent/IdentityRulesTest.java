package dev.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.agent.Fingerprint.Who;
import dev.sluice.config.IdentityConfig;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IdentityRulesTest {

    private static final IdentityRules RULES = new IdentityRules(IdentityConfig.DEFAULT);
    private static final IdentityRules TRUSTING = new IdentityRules(config(IdentityConfig.DEFAULT.order(), true));

    @ParameterizedTest
    @CsvSource(textBlock = """
                    header:sluice-agent
                    header:x-dynamo-session-id
                    header:x-claude-code-session-id
                    header:thread-id
                    header:x-session-affinity
                    header:x-session-id
                    header:x-opencode-session
                    header:x-litellm-session-id
                    header:session-id
                    header:session_id
                    header:x-multi-turn-session-id
                    body:session_id
                    body:program_id
                    body:extra_body.program_id
                    body:session_params.id
                    body:vllm_xargs.session_id
                    body:conversation_params.conversation_id
                    body:metadata.session_id
                    body:metadata.user_id
                    body:prompt_cache_key
                    body:user
                    """)
    void everySourceOfTheDefaultOrderNamesAnAgent(String source) throws BadIdentityException {
        String name = source.substring(source.indexOf(':') + 1);
        Map<String, String> sent = Map.of(name, "value-1");
        boolean isHeader = source.startsWith("header:");
        Identity identity = isHeader ? identify(sent, Map.of()) : identify(Map.of(), sent);
        assertThat(identity.source()).isEqualTo(source);
        assertThat(identity.agentId()).matches("a-[0-9a-f]{24}").doesNotContain("value-1");
        assertThat(identity.anonymous()).isFalse();
        assertThat(identity.parentId()).isNull();
        assertThat(identity.tenant()).isEqualTo("default");
    }

    @Test
    void aSubAgentOfClaudeCodeIsItsOwnAgentBelowTheSession() throws BadIdentityException {
        Map<String, String> body =
                Map.of("metadata.user_id", "{\"device_id\":\"d\",\"account_uuid\":\"\",\"session_id\":\"3f2a\"}");
        Identity root = identify(Map.of("x-claude-code-session-id", "3f2a"), body);
        Identity sub = identify(
                Map.of("x-claude-code-session-id", "3f2a", "x-claude-code-agent-id", "0a1b2c3d4e5f60718"), body);
        Identity deeper = identify(
                Map.of(
                        "x-claude-code-session-id", "3f2a",
                        "x-claude-code-agent-id", "1a1b2c3d4e5f60718",
                        "x-claude-code-parent-agent-id", "0a1b2c3d4e5f60718"),
                body);
        assertThat(root.parentId()).isNull();
        assertThat(sub.agentId()).isNotEqualTo(root.agentId());
        assertThat(sub.parentId()).isEqualTo(root.agentId());
        assertThat(deeper.parentId()).isEqualTo(sub.agentId());
    }

    @Test
    void theSessionIsFoundInTheUserIdOfClaudeCode() throws BadIdentityException {
        Identity one = user("{\"device_id\":\"d-1\",\"account_uuid\":\"\",\"session_id\":\"3f2a\"}");
        assertThat(user("{\"session_id\":\"3f2a\",\"device_id\":\"d-2\"}").agentId())
                .isEqualTo(one.agentId());
        assertThat(user("{\"device_id\":\"d-1\",\"session_id\":\"9999\"}").agentId())
                .isNotEqualTo(one.agentId());
        for (String other :
                List.of("{broken", "{\"session_id\":7}", "{}", "{\"a\":{\"session_id\":\"3f2a\"}}", "alice")) {
            assertThat(user(other).source()).isEqualTo("body:metadata.user_id");
            assertThat(user(other).agentId()).isNotEqualTo(one.agentId());
        }
    }

    @Test
    void aSubAgentOfCodexIsNotMergedWithItsRoot() throws BadIdentityException {
        Map<String, String> body = Map.of("prompt_cache_key", "root-7");
        Identity root = identify(Map.of("session-id", "root-7", "thread-id", "root-7"), body);
        Identity sub = identify(
                Map.of("session-id", "root-7", "thread-id", "sub-8", "x-codex-parent-thread-id", "root-7"), body);
        assertThat(root.source()).isEqualTo("header:thread-id");
        assertThat(sub.agentId()).isNotEqualTo(root.agentId());
        assertThat(sub.parentId()).isEqualTo(root.agentId());
    }

    @Test
    void aSubAgentOfOpencodeNamesItsParent() throws BadIdentityException {
        Identity root = identify(Map.of("x-session-affinity", "ses_1", "x-session-id", "ses_1"), Map.of());
        Identity sub = identify(
                Map.of("x-session-affinity", "ses_2", "x-session-id", "ses_2", "x-parent-session-id", "ses_1"),
                Map.of());
        assertThat(sub.parentId()).isEqualTo(root.agentId());
    }

    @Test
    void dynamoNamesItsParent() throws BadIdentityException {
        Identity root = identify(Map.of("x-dynamo-session-id", "d-1"), Map.of());
        Identity sub = identify(Map.of("x-dynamo-session-id", "d-2", "x-dynamo-parent-session-id", "d-1"), Map.of());
        assertThat(sub.parentId()).isEqualTo(root.agentId());
    }

    @Test
    void openHandsIsKnownByItsHeaderOrElseItsCacheKey() throws BadIdentityException {
        Map<String, String> body = Map.of("prompt_cache_key", "oh-1");
        assertThat(identify(Map.of("x-litellm-session-id", "oh-1"), body).source())
                .isEqualTo("header:x-litellm-session-id");
        assertThat(identify(Map.of(), body).source()).isEqualTo("body:prompt_cache_key");
    }

    @Test
    void ourOwnParentFieldNamesTheParentAsItsOwnRequestsDo() throws BadIdentityException {
        for (String field : List.of("sluice-agent", "x-session-id", "thread-id")) {
            Identity parent = identify(Map.of(field, "boss"), Map.of());
            Identity child = identify(Map.of(field, "worker", "sluice-parent", "boss"), Map.of());
            assertThat(child.parentId()).isEqualTo(parent.agentId());
        }
        Identity boss = identify(Map.of("sluice-agent", "boss"), Map.of());
        assertThat(identify(Map.of("sluice-parent", "boss"), Map.of()).parentId())
                .isEqualTo(boss.agentId());
    }

    @Test
    void nobodyIsItsOwnParent() throws BadIdentityException {
        Map<String, String> sent = Map.of("thread-id", "t", "x-codex-parent-thread-id", "t");
        assertThat(identify(sent, Map.of()).parentId()).isNull();
    }

    @Test
    void equalValuesOfOtherSourcesAndTenantsAreOtherAgents() throws BadIdentityException {
        Identity one = identify(Map.of("x-session-id", "v"), Map.of());
        assertThat(identify(Map.of("thread-id", "v"), Map.of()).agentId()).isNotEqualTo(one.agentId());
        Identity theirs =
                TRUSTING.identify(Map.of("x-session-id", "v", "sluice-tenant", "blue")::get, Map.of(), () -> 1);
        assertThat(theirs.tenant()).isEqualTo("blue");
        assertThat(theirs.agentId()).isNotEqualTo(one.agentId());
        assertThat(identify(Map.of("x-session-id", "v"), Map.of())).isEqualTo(one);
    }

    @Test
    void requestsThatMatchNothingAreNeverMerged() throws BadIdentityException {
        AtomicLong serial = new AtomicLong(41);
        Identity one = RULES.identify(name -> null, Map.of(), serial::incrementAndGet);
        Identity two = RULES.identify(name -> null, Map.of(), serial::incrementAndGet);
        assertThat(one).isEqualTo(new Identity("s-42", "none", "default", null, true, Who.NOBODY, two.realm()));
        assertThat(two.agentId()).isEqualTo("s-43");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\u0000b", "a\tb", "\u0085"})
    void oddValuesAreRefusedInOurFieldsAndPassedOverInOthers(String odd) throws BadIdentityException {
        requireRefused("Sluice-Agent", Map.of("sluice-agent", odd, "x-session-id", "s"));
        requireRefused("Sluice-Parent", Map.of("sluice-parent", odd, "x-session-id", "s"));
        Identity identity =
                identify(Map.of("x-session-affinity", odd, "x-session-id", "s", "x-parent-session-id", odd), Map.of());
        assertThat(identity).isEqualTo(identify(Map.of("x-session-id", "s"), Map.of()));
    }

    @Test
    void valuesHaveABound() throws BadIdentityException {
        String longest = "x".repeat(1024);
        assertThat(identify(Map.of("sluice-agent", longest), Map.of()).anonymous())
                .isFalse();
        requireRefused("Sluice-Agent", Map.of("sluice-agent", longest + "x"));
        assertThat(identify(Map.of("x-session-id", longest + "x"), Map.of()).anonymous())
                .isTrue();
    }

    @Test
    void aTenantIsBelievedOnlyWhereTheConfigurationSaysSo() throws BadIdentityException {
        Map<String, String> sent = Map.of("sluice-tenant", "../etc");
        assertThat(identify(sent, Map.of()).tenant()).isEqualTo("default");
        assertThat(TRUSTING.identify(name -> null, Map.of(), () -> 1).tenant()).isEqualTo("default");
        assertThatThrownBy(() -> TRUSTING.identify(sent::get, Map.of(), () -> 1))
                .isInstanceOf(BadIdentityException.class)
                .hasMessageStartingWith("Sluice-Tenant: unusable");
    }

    @Test
    void theConfiguredOrderDecides() throws BadIdentityException {
        IdentityRules rules = new IdentityRules(config(List.of("body:a.b", "header:X-Mine"), false));
        assertThat(rules.bodyPaths()).containsExactly("a.b");
        assertThat(rules.identify(Map.of("x-mine", "v", "sluice-agent", "")::get, Map.of(), () -> 1)
                        .source())
                .isEqualTo("header:x-mine");
        assertThat(rules.identify(Map.of("x-mine", "v")::get, Map.of("a.b", "w"), () -> 1)
                        .source())
                .isEqualTo("body:a.b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cookie:a", "header:", "body:", "x-session-id"})
    void anUnknownKindOfSourceIsRefused(String source) {
        assertThatThrownBy(() -> new IdentityRules(config(List.of(source), false)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("order: " + source + " (expected: header:NAME or body:PATH)");
    }

    private static IdentityConfig config(List<String> order, boolean trustsTenantHeader) {
        return new IdentityConfig(order, trustsTenantHeader, true, IdentityConfig.Fingerprint.DEFAULT);
    }

    private static void requireRefused(String field, Map<String, String> sent) {
        assertThatThrownBy(() -> identify(sent, Map.of()))
                .isInstanceOf(BadIdentityException.class)
                .hasMessage(field + ": unusable (expected: 1 to 1024 bytes, no control characters)");
    }

    private static Identity user(String userId) throws BadIdentityException {
        return identify(Map.of(), Map.of("metadata.user_id", userId));
    }

    private static Identity identify(Map<String, String> headers, Map<String, String> body)
            throws BadIdentityException {
        return RULES.identify(headers::get, body, () -> 1);
    }
}
