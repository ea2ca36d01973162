package dev.sluice.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.EngineConfig;
import dev.sluice.config.EngineConfig.Kind;
import dev.sluice.config.SignalsConfig;
import org.junit.jupiter.api.Test;

final class DialectProbeTest {

    private static final byte[] ITERATIONS = "[{\"iter\": 1}]".getBytes(UTF_8);
    private static final SignalsConfig FIXED = new SignalsConfig(
            "upstream",
            "/metrics",
            SignalsConfig.DEFAULT.interval(),
            SignalsConfig.DEFAULT.timeout(),
            SignalsConfig.DEFAULT.maxBytes(),
            SignalsConfig.DEFAULT.staleAfter());

    @Test
    void anEngineThatSaysWhoItIsIsAskedForItsOwnPageOnly() {
        DialectProbe probe = probe(Kind.AUTO, SignalsConfig.DEFAULT);

        probe.onOwner("tensorrt_llm");

        assertThat(probe.paths()).containsExactly("/prometheus/metrics");
        assertThat(probe.candidates()).hasSameSizeAs(Dialects.ALL).startsWith(TensorRtLlmDialect.DIALECT);
    }

    @Test
    void anEngineThatDoesNotSayIsAskedEverywhere() {
        DialectProbe probe = probe(Kind.AUTO, SignalsConfig.DEFAULT);

        probe.onOwner("somebody");

        assertThat(probe.paths()).containsExactly("/metrics", "/prometheus/metrics");
        assertThat(probe.candidates()).isEqualTo(Dialects.ALL);
        assertThat(probe.known()).isEmpty();
    }

    @Test
    void whatWasFoundStaysUntilTheEngineIsLost() {
        DialectProbe probe = probe(Kind.AUTO, SignalsConfig.DEFAULT);
        probe.settle(SglangDialect.DIALECT, "/metrics");

        assertThat(probe.candidates()).containsExactly(SglangDialect.DIALECT);
        assertThat(probe.paths()).containsExactly("/metrics");

        probe.onLost();
        assertThat(probe.candidates()).isEqualTo(Dialects.ALL);
    }

    @Test
    void aListOfIterationsIsReadOnlyWhereTheConfigurationNamesIt() {
        DialectProbe byItself = probe(Kind.AUTO, SignalsConfig.DEFAULT);

        assertThat(byItself.mustNotRead("x 1\n".getBytes(UTF_8))).isFalse();
        assertThat(byItself.mustNotRead(ITERATIONS)).isTrue();
        assertThat(byItself.paths()).containsExactly("/prometheus/metrics");
        assertThat(byItself.known()).contains(TensorRtLlmDialect.DIALECT);
        // Only once, or it would be asked for ever.
        assertThat(byItself.mustNotRead(ITERATIONS)).isFalse();

        assertThat(probe(Kind.TENSORRT_LLM, FIXED).mustNotRead(ITERATIONS)).isFalse();
        assertThat(probe(Kind.TENSORRT_LLM, FIXED).paths()).containsExactly("/metrics");
    }

    @Test
    void aConfiguredKindIsBelieved() {
        DialectProbe probe = probe(Kind.LMDEPLOY, SignalsConfig.DEFAULT);

        probe.onOwner("vllm");

        assertThat(probe.candidates()).containsExactly(LmDeployDialect.DIALECT);
        assertThat(probe(Kind.OTHER, SignalsConfig.DEFAULT).paths()).isEmpty();
        assertThat(probe(Kind.OTHER, SignalsConfig.DEFAULT).candidates()).isEmpty();
    }

    private static DialectProbe probe(Kind kind, SignalsConfig signals) {
        return new DialectProbe(new EngineConfig(kind, false), signals);
    }
}
