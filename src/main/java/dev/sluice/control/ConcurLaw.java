package dev.sluice.control;

import dev.sluice.config.LawConfig;
import org.jspecify.annotations.Nullable;

/**
 * The law of CONCUR (arXiv 2601.22705): a window in agents, moved by two signals of the engine.
 *
 * <p>Once per interval, with U = the engine's KV usage and H = its prefix hit ratio over the interval:
 *
 * <ul>
 *   <li>U &lt; 0.2: the window grows by 2;
 *   <li>U &gt; 0.5 and H &lt; 0.2: the window is halved, to no less than 1;
 *   <li>otherwise it holds.
 * </ul>
 *
 * <p>Thresholds and steps are the paper's and deliberately not configurable: this law is the reference. The paper leaves
 * open what happens without a reading; here the window holds. An interval without a single prefix query says nothing of
 * H, so it cannot halve the window.
 *
 * <p>Not guaranteed: a window counts agents whether or not they hold anything, and it is cut only after the collapse.
 */
public final class ConcurLaw implements Law {

    private static final double LOW_USAGE = 0.2;
    private static final double HIGH_USAGE = 0.5;
    private static final double LOW_HIT_RATIO = 0.2;
    private static final int INCREASE_AGENTS = 2;
    private static final double DECREASE_RATIO = 0.5;

    private LawConfig.Concur config;
    private int windowAgents;
    private @Nullable EngineSample intervalStart;

    public ConcurLaw(LawConfig.Concur config) {
        this.config = config;
        this.windowAgents = config.initialAgents();
    }

    @Override
    public LawConfig.Name name() {
        return LawConfig.Name.CONCUR;
    }

    @Override
    public void configure(LawConfig next) {
        config = next.concur();
        windowAgents = Math.min(windowAgents, config.maxAgents());
    }

    @Override
    public @Nullable BudgetChange onSignal(EngineSignal signal) {
        return signal.<@Nullable BudgetChange>match(this::onSample, silence -> null);
    }

    private @Nullable BudgetChange onSample(EngineSample sample) {
        EngineSample start = intervalStart;
        if (start == null) {
            intervalStart = sample;
            return null;
        }
        if (sample.takenAtNanos() - start.takenAtNanos() < config.interval().toNanos()) {
            return null;
        }
        intervalStart = sample;
        double usage = sample.kvUsageRatio();
        if (usage < LOW_USAGE) {
            return moveTo(Math.min(config.maxAgents(), windowAgents + INCREASE_AGENTS), "usage_low");
        }
        if (usage > HIGH_USAGE && sample.hitRatioSince(start) < LOW_HIT_RATIO) {
            return moveTo(Math.max(1, (int) (windowAgents * DECREASE_RATIO)), "hits_low");
        }
        return null;
    }

    private @Nullable BudgetChange moveTo(int agents, String cause) {
        if (agents == windowAgents) {
            return null;
        }
        BudgetChange change = new BudgetChange(cause, windowAgents, agents, "agents");
        windowAgents = agents;
        return change;
    }

    @Override
    public double budgetTokens() {
        return Double.POSITIVE_INFINITY;
    }

    @Override
    public int windowAgents() {
        return windowAgents;
    }
}
