package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.LimitsConfig;
import dev.sluice.config.Mode;
import dev.sluice.config.QueueConfig;
import dev.sluice.config.SluiceConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ContextCeilingTest {

    private static final int POOL = 1_000_000;

    private long steps;
    private long nowNanos;

    @Test
    void anExplicitLimitIsHeldByTheEstimate() {
        AdmissionController bounded = controller(50_000, 40_000, Mode.ENFORCE);

        assertThat(refused(arrive(bounded, step("a", 41_000, 0))))
                .isEqualTo(new ContextUse(41_000, 40_000, "limits.agentTokens"));
        assertThat(refused(arrive(bounded, step("b", 39_000, 12_000))))
                .isEqualTo(new ContextUse(51_000, 50_000, "limits.requestTokens"));
        assertThat(context(arrive(bounded, step("c", 20_000, 0)))).isNull();
    }

    @Test
    void fromAShareOnItIsToldAndNothingRefused() {
        AdmissionController bounded = controller(0, 40_000, Mode.ENFORCE);
        assertThat(context(arrive(bounded, step("a", 33_000, 0))))
                .isEqualTo(new ContextUse(33_000, 40_000, "limits.agentTokens"));
    }

    @Test
    void theEnginesOwnIsHeldOnlyByWhatIsCertain() {
        AdmissionController open = controller(0, 0, Mode.ENFORCE);
        open.onEngineCeiling(32_000, true);
        // Estimated at more than the engine takes: it may be less, and the engine will say so.
        assertThat(context(arrive(open, step("a", 40_000, 0)))).isNotNull();
        open.onEnd(steps, Ending.COMPLETED, new Usage(30_000, 0, 100, Finish.TOOL_CALL), nowNanos);

        // No shorter than 30,000, and the answer counts.
        assertThat(refused(arrive(open, step("a", 41_000, 4_000).with(Continuity.WHOLE))))
                .isEqualTo(new ContextUse(34_000, 32_000, "max_model_len"));
        assertThat(context(arrive(open, step("a", 41_000, 1_000).with(Continuity.WHOLE))))
                .isNotNull();
        open.onEnd(steps, Ending.CLIENT_GONE, Usage.NONE, nowNanos);
        // Its history may have been cut: nothing is certain then.
        assertThat(context(arrive(open, step("a", 41_000, 4_000)))).isNotNull();
    }

    @Test
    void anEngineThatDoesNotCountTheAnswerIsNotSpokenFor() {
        AdmissionController open = controller(0, 0, Mode.ENFORCE);
        open.onEngineCeiling(32_000, false);
        arrive(open, step("a", 30_000, 0));
        open.onEnd(steps, Ending.COMPLETED, new Usage(30_000, 0, 100, Finish.TOOL_CALL), nowNanos);

        assertThat(context(arrive(open, step("a", 30_500, 16_000).with(Continuity.WHOLE))))
                .isNotNull();
    }

    @Test
    void onlyEnforcementRefuses() {
        AdmissionController shadow = controller(0, 1_000, Mode.SHADOW);
        assertThat(context(arrive(shadow, step("a", 5_000, 0)))).isNotNull();
    }

    private static AdmissionController controller(long requestTokens, long agentTokens, Mode mode) {
        SluiceConfig base = GateBench.config(GateBench.workingSet(), POOL, mode, QueueConfig.DEFAULT);
        LimitsConfig limits = base.limits();
        return new AdmissionController(new SluiceConfig(
                base.mode(),
                base.listen(),
                base.tls(),
                base.admin(),
                base.upstream(),
                base.engine(),
                base.signals(),
                base.pool(),
                base.law(),
                base.queue(),
                base.clients(),
                base.agents(),
                base.identity(),
                base.tenants(),
                new LimitsConfig(
                        limits.bodyBytes(),
                        limits.collectingBytes(),
                        limits.requestLineBytes(),
                        limits.fieldsBytes(),
                        limits.connections(),
                        limits.clientSilence(),
                        limits.clientIdle(),
                        requestTokens,
                        agentTokens,
                        0.8),
                base.drain(),
                base.decisions(),
                base.report(),
                base.tracing()));
    }

    private Verdict arrive(AdmissionController controller, Arrival arrival) {
        nowNanos += 1_000_000_000L;
        controller.onArrival(++steps, arrival, nowNanos);
        controller.onFirstToken(steps, nowNanos);
        Verdict verdict = controller.poll();
        assertThat(verdict).isNotNull();
        return verdict;
    }

    private static @Nullable ContextUse refused(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Refuse.class);
        Refusal refusal = ((Verdict.Refuse) verdict).refusal();
        assertThat(refusal.ending()).isEqualTo(Ending.CONTEXT_LIMIT);
        return refusal.context();
    }

    private static @Nullable ContextUse context(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Forward.class);
        return ((Verdict.Forward) verdict).context();
    }

    private static Arrival step(String agent, int promptTokens, int answerTokens) {
        return new Arrival(agent, "test", "default", null, false, true, 4L * promptTokens, answerTokens);
    }
}
