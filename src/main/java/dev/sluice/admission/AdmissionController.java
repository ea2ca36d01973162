package dev.sluice.admission;

import dev.sluice.config.LawConfig;
import dev.sluice.config.Mode;
import dev.sluice.config.SluiceConfig;
import dev.sluice.control.BudgetChange;
import dev.sluice.control.EngineSample;
import dev.sluice.control.EngineSignal;
import dev.sluice.control.Law;
import dev.sluice.control.PoolSize;
import dev.sluice.control.RoomPrice;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who may go to the engine, and when: the admission state machine. Events come in ({@code on…}), verdicts are polled; after
 * each event {@link #poll} is to be called until it returns null.
 *
 * <p>A step that arrives waits, if only for the moment until the next poll; who goes next stands in {@link ForwardOrder}. A
 * running generation is never cut.
 *
 * <p>Pure: time is an argument, never decreasing. Confined to the gate loop.
 */
public final class AdmissionController {

    private SluiceConfig config;
    private final PoolSize pool;
    private final Law law;
    private final @Nullable RoomPrice price;
    private final Learning learned = new Learning();
    private final AgentTable agents;
    private final WaitQueue queue;
    private final Occupancy occupancy;
    private final Room room;
    private final PrefillBound prefill;
    private final CacheStack cacheStack;
    private final AgentMemory memory;
    private final Upkeep upkeep;
    private final ChatLane chatLane;
    private final TenantBudgets budgets = new TenantBudgets(() -> config().tenants());
    private final WaitEstimate estimate = new WaitEstimate();
    private final SignalWatch signals;
    private final ContextCeiling ceiling = new ContextCeiling(() -> this.config.limits());
    private final RankPlacement ranks = new RankPlacement();
    private final RefusalAtOnce atOnce;
    private final ForwardOrder order;
    private final Explainer explainer;
    private final WaitBound waitBound = new WaitBound(this::config, learned.cost);
    private final Places places;
    private final Map<Long, Step> steps = new HashMap<>();
    private final Deque<Verdict> ready = new ArrayDeque<>();
    private Mode mode;
    private boolean draining;

    public AdmissionController(SluiceConfig config) {
        this.config = config;
        this.mode = config.mode();
        this.pool = new PoolSize(config.pool());
        this.law = Law.of(config.law(), pool);
        this.agents = new AgentTable(() -> this.config.agents());
        TenantShares shares = new TenantShares(() -> this.config.tenants());
        this.queue = new WaitQueue(shares);
        this.chatLane = new ChatLane(pool);
        this.signals = new SignalWatch(config.signals());
        Regime regime = Regime.of(law, queue, shares, learned, agents);
        this.price = regime.price();
        this.occupancy = regime.occupancy();
        this.room = regime.room();
        this.prefill = regime.prefill();
        this.atOnce = new RefusalAtOnce(this::config, ceiling, budgets, estimate, queue);
        this.order = new ForwardOrder(
                queue,
                occupancy,
                room,
                prefill,
                learned.footprints,
                chatLane,
                () -> this.config.law().workingSet().promoteAfter());
        this.explainer = new Explainer(() -> this.config, queue, room, prefill);
        this.places = new Places(queue, estimate, explainer);
        this.cacheStack = new CacheStack(agents, learned.footprints, occupancy, pool);
        this.memory = new AgentMemory(agents, learned, occupancy, cacheStack);
        this.upkeep = new Upkeep(agents, memory, learned, pool, occupancy, room, ranks);
    }

    /** From now on that one is told of pauses. */
    public void listen(PauseListener listener) {
        occupancy.listen(listener);
    }

    /** The settings in force, but for the mode. */
    public SluiceConfig config() {
        return config;
    }

    /**
     * A step asks for leave.
     *
     * @param stepId the caller's name for it, unique among the steps that have not ended
     */
    public void onArrival(long stepId, Arrival arrival, long nowNanos) {
        Agent agent = memory.agentOf(stepId, arrival, nowNanos);
        Step step = new Step(stepId, agent, arrival, learned.footprints.estimate(agent, arrival), nowNanos);
        Refusal refusal = atOnce.refusal(step, mode, draining, nowNanos);
        if (refusal != null) {
            ready.add(new Verdict.Refuse(stepId, refusal));
            return;
        }
        steps.put(stepId, step);
        agent.step = step;
        occupancy.onStep(agent);
        agents.onStep(agent);
        step.isQuestion = law.name() == LawConfig.Name.WORKING_SET && chatLane.isFor(step);
        step.isLastTry = !step.isEarly() && isOnLastTry(agent);
        if (!room.keepsPlace(agent)) {
            occupancy.park(agent, "paused", nowNanos);
        }
        step.deadlineNanos = waitBound.deadlineNanos(step);
        queue.add(step);
        agent.enter(AgentState.WAITING, "", nowNanos);
        decide(nowNanos);
        if (step.isWaiting()) {
            makePlaceFor(step, nowNanos);
        }
    }

    /** Refuses whoever gives way to a step that has just begun to wait, or that step, until the queue is within its bounds. */
    private void makePlaceFor(Step added, long nowNanos) {
        Step refused = null;
        while (refused != added && queue.isOverfull(config.queue())) {
            refused = queue.givesWayTo(added, config.queue());
            leaveQueue(refused, Ending.QUEUE_FULL, nowNanos);
        }
    }

    /** An agent without an identity will not be known again: its first try is its last. */
    private boolean isOnLastTry(Agent agent) {
        return agent.anonymous || agent.doorRefusals + 1 >= config.queue().doorTries();
    }

    /** The client of a step left before it went. Unknown ids, and steps that have gone, are ignored. */
    public boolean onWithdraw(long stepId, long nowNanos) {
        Step step = steps.get(stepId);
        if (step == null || !step.isWaiting()) {
            return false;
        }
        queue.remove(step);
        steps.remove(stepId);
        settleWaiting(step, nowNanos);
        decide(nowNanos);
        return true;
    }

    /** The engine sent a step's first token: its prompt no longer stands before others. */
    public void onFirstToken(long stepId, long nowNanos) {
        Step step = steps.get(stepId);
        if (step != null && !step.isWaiting() && step.firstTokenNanos < 0) {
            step.firstTokenNanos = nowNanos;
            prefill.end(step);
            decide(nowNanos);
        }
    }

    /**
     * A step that had gone is over.
     *
     * @return what the cache gave back to a resident agent, where that is known
     */
    public @Nullable CacheReturn onEnd(long stepId, Ending ending, Usage usage, long nowNanos) {
        Step step = steps.remove(stepId);
        if (step == null) {
            return null;
        }
        Agent agent = step.agent;
        prefill.end(step);
        chatLane.leave(step);
        occupancy.stop(agent, nowNanos);
        agent.step = null;
        agent.lastEndNanos = nowNanos;
        budgets.onAnswer(agent.tenant, usage, nowNanos);
        Usage size = learned.sizeOf(step, ending, usage);
        CacheReturn back = null;
        if (size.tellsContext()) {
            cacheStack.onAnswer(step, size, nowNanos);
            back = learned.onAnswer(step, size, price, nowNanos);
        }
        if (agent.anonymous) {
            agents.remove(agent);
        } else if (agent.ended) {
            memory.forget(agent, nowNanos);
        } else {
            agents.onSilent(agent);
            cacheStack.onIdle(agent, nowNanos);
            if (agent.contextTokens > 0 && ending != Ending.ENGINE_DIED && ending != Ending.ENGINE_DOWN) {
                occupancy.keep(agent, learned.footprints.residentTokens(agent), nowNanos);
                if (step.promoted && queue.startedSize() > 0) {
                    // It went beyond the budget: kept, it would push out those that fit, one promotion after the other.
                    occupancy.park(agent, WorkingSetRoom.GAVE_WAY, nowNanos);
                }
            }
        }
        observeFill(nowNanos);
        decide(nowNanos);
        return back;
    }

    /** The engine's metrics said something, or nothing; the change of the budget, or null. */
    public @Nullable BudgetChange onSignal(EngineSignal signal, long nowNanos) {
        BudgetChange poolChange = null;
        if (signal instanceof EngineSample sample) {
            poolChange = pool.onSample(sample);
            learned.shared.onSample(sample);
            ranks.resize(config.engine().pinRanks() ? sample.ranks() : 0);
            if (signals.isCacheLost(sample)) {
                loseCache("engine_restarted", nowNanos);
            }
        }
        if (poolChange == null) {
            poolChange = pool.onMeasured();
        }
        signals.onSignal(signal, occupancy.runningAgents() == 0);
        BudgetChange lawChange = law.onSignal(signal);
        decide(nowNanos);
        return lawChange != null ? lawChange : poolChange;
    }

    /** The engine tells that it emptied its cache. */
    public void onCacheCleared(long nowNanos) {
        loseCache("cache_cleared", nowNanos);
        decide(nowNanos);
    }

    private void loseCache(String why, long nowNanos) {
        occupancy.parkAll(why, nowNanos);
        cacheStack.onRestart();
    }

    /** See {@link ContextCeiling#onEngine}. */
    public void onEngineCeiling(long tokens, boolean countsAnswer) {
        ceiling.onEngine(tokens, countsAnswer);
    }

    /** Time has passed: waits expire, silent agents are forgotten. To be called several times a second. */
    public void onTick(long nowNanos) {
        upkeep.onTick(!queue.isEmpty(), nowNanos);
        prefill.onTick(nowNanos);
        observeFill(nowNanos);
        queue.restorePlaces(this::isOnLastTry, nowNanos);
        queue.overdue(nowNanos).forEach(step -> leaveQueue(step, Ending.WAIT_EXPIRED, nowNanos));
        decide(nowNanos);
    }

    /** New steps are refused from now on, and those that wait are, too. */
    public void onDrain(long nowNanos) {
        draining = true;
        for (Step step : queue.inOrder()) {
            leaveQueue(step, Ending.DRAINING, nowNanos);
        }
    }

    /** From now on that mode is in force; what waits is judged by it at once. The law goes on learning in every mode. */
    public void onMode(Mode next, long nowNanos) {
        mode = next;
        decide(nowNanos);
    }

    /** From now on these settings are in force, save the mode and what {@link dev.sluice.config.Reload} leaves to a restart. */
    public void onConfig(SluiceConfig next, long nowNanos) {
        if (!next.pool().equals(config.pool())) {
            pool.configure(next.pool());
        }
        config = next;
        law.configure(next.law());
        queue.rebound(waitBound::deadlineNanos);
        decide(nowNanos);
        while (queue.isOverfull(next.queue())) {
            leaveQueue(queue.leastEntitled(), Ending.QUEUE_FULL, nowNanos);
        }
    }

    /** Somebody tells that an agent has ended. A step of it that waits or runs is left to its end. */
    public AgentEnd onAgentEnd(String agentId, long nowNanos) {
        Agent agent = agents.get(agentId);
        if (agent == null) {
            return AgentEnd.UNKNOWN;
        }
        agent.ended = true;
        if (agent.step != null) {
            return AgentEnd.AFTER_STEP;
        }
        memory.forget(agent, nowNanos);
        decide(nowNanos);
        return AgentEnd.NOW;
    }

    /** The next verdict, or null if there is none for now. */
    public @Nullable Verdict poll() {
        return ready.poll();
    }

    private void leaveQueue(Step step, Ending ending, long nowNanos) {
        Place place = places.of(step, nowNanos);
        queue.remove(step);
        steps.remove(step.id);
        settleWaiting(step, nowNanos);
        Refusal refusal = new Refusal(ending, estimate.retryAfterNanos(step.agent, queue.size()), null, place);
        ready.add(new Verdict.Refuse(step.id, refusal));
        if (step.isNewcomer() && !step.isEarly()) {
            step.agent.onDoorRefusal(refusal.retryAfterNanos(), nowNanos);
        }
    }

    /** The agent of a step that left the queue without going waits no longer. */
    private void settleWaiting(Step step, long nowNanos) {
        Agent agent = step.agent;
        agent.step = null;
        if (step.isNewcomer()) {
            agent.doorSinceNanos = step.placeSinceNanos();
        }
        occupancy.onStepLeft(agent);
        if (agent.anonymous) {
            agents.remove(agent);
        } else {
            agents.onSilent(agent);
        }
        agent.enter(agent.heldTokens > 0 ? AgentState.RESIDENT : AgentState.PARKED, "", nowNanos);
        if (agent.ended) {
            memory.forget(agent, nowNanos);
        }
    }

    /** Lets go whoever may, in order, and keeps the estimate of the pace. */
    private void decide(long nowNanos) {
        boolean waited = !queue.isEmpty();
        if (mode != Mode.OFF) {
            for (Step step = order.next(nowNanos); step != null; step = order.next(nowNanos)) {
                queue.remove(step);
                go(step, false, nowNanos);
            }
        }
        for (Step step : mode == Mode.ENFORCE ? List.<Step>of() : queue.inOrder()) {
            queue.remove(step);
            go(step, mode == Mode.SHADOW, nowNanos);
        }
        if (waited && queue.isEmpty()) {
            estimate.onEmpty();
        }
    }

    private void go(Step step, boolean wouldHold, long nowNanos) {
        Agent agent = step.agent;
        if (step.waitedNanos(nowNanos) > 0) {
            estimate.onDeparture(nowNanos);
        }
        if (step.isNewcomer()) {
            room.onEntered(step);
        }
        cacheStack.onForward(step, nowNanos);
        step.forward(nowNanos);
        prefill.begin(step, nowNanos);
        learned.shared.onForward(step);
        occupancy.run(agent, step.footprintTokens, nowNanos);
        room.onGone(step, nowNanos);
        agent.history.onForwarded(step.waitedNanos(nowNanos));
        agent.doorSinceNanos = Long.MIN_VALUE;
        agent.ended |= step.arrival.last();
        ready.add(new Verdict.Forward(
                step.id,
                step.isNewcomer(),
                step.waitedNanos(nowNanos),
                wouldHold,
                ceiling.near(step),
                mode == Mode.ENFORCE ? ranks.place(step) : RankPlacement.NONE,
                Urgency.of(step)));
        observeFill(nowNanos);
    }

    private void observeFill(long nowNanos) {
        if (price != null && pool.isKnown()) {
            price.onFill(occupancy.runningTokens() / law.budgetTokens(), nowNanos);
        }
    }

    /**
     * The gate at this moment.
     *
     * @param mostListed bound on the list of agents
     */
    public Snapshot snapshot(int mostListed, long nowNanos) {
        int permits = steps.size() - queue.size();
        int limit = config.queue().maxSteps();
        return view(nowNanos)
                .snapshot(
                        new SnapshotView.Totals(law, pool, occupancy.tokens(), permits, limit, signals, learned.loss),
                        mostListed);
    }

    /** Why an agent is where it is; null if it is not remembered. */
    public @Nullable Explanation explain(String agentId, long nowNanos) {
        Agent agent = agents.get(agentId);
        return agent == null ? null : explainer.explain(agent, view(nowNanos), nowNanos);
    }

    /** Where a step stands; null if it does not wait. */
    public @Nullable Place placeOf(long stepId, long nowNanos) {
        Step step = steps.get(stepId);
        return step == null || !step.isWaiting() ? null : places.of(step, nowNanos);
    }

    private SnapshotView view(long nowNanos) {
        return new SnapshotView(agents, queue, estimate, nowNanos);
    }
}
