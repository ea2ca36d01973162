package dev.sluice.simulate;

import dev.sluice.admission.Arrival;
import dev.sluice.decision.Decision;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes agents with their steps of decisions, one after the other; keeps the youngest steps up to a bound. A step of an agent
 * beside one that is under way is an agent of its own, as it is to the gate. Not thread-safe.
 */
public final class Recording {

    private final int mostSteps;
    private final Map<Long, Open> open = new HashMap<>();
    private final Map<String, Track> tracks = new LinkedHashMap<>();
    private final Deque<Track> byEnd = new ArrayDeque<>();
    private final Deque<Happened> pauses = new ArrayDeque<>();
    private final Deque<Happened> refusals = new ArrayDeque<>();
    private final Deque<Happened> leftOut = new ArrayDeque<>();
    private Map<String, String> settings = Map.of();
    private String mode = "";
    private long poolTokens;
    private long beginNanos = Long.MIN_VALUE;

    /** Something that is only counted. */
    private record Happened(long atNanos, String agentId) {}

    /** A step under way. */
    private static final class Open {
        final Arrival arrival;
        final String how;
        final Track track;
        final long askedNanos;
        long forwardedNanos = -1;
        long firstTokenNanos = -1;
        boolean isHeld;

        Open(Decision.Arrived arrived, Track track, long askedNanos) {
            this.arrival = arrived.arrival();
            this.how = arrived.how();
            this.track = track;
            this.askedNanos = askedNanos;
        }
    }

    /** An agent while it is recorded. */
    private static final class Track {
        final String id;
        final Arrival first;
        final Deque<RecordedStep> steps = new ArrayDeque<>();
        /** When the step that was refused last was first asked for; -1 if none was since the last answer. */
        long askedNanos = -1;

        int underWay;
        boolean started;

        Track(String id, Arrival first) {
            this.id = id;
            this.first = first;
            this.started = first.started();
        }
    }

    /** @param mostSteps bound on the answered steps kept */
    public Recording(int mostSteps) {
        this.mostSteps = mostSteps;
    }

    /** Takes the next decision. */
    public void onDecision(Decision decision) {
        if (decision instanceof Decision.OfStep step) {
            onStep(step);
        } else if (decision instanceof Decision.Paused paused) {
            if (!paused.reason().equals("forgotten")) {
                happened(pauses, paused.atNanos(), paused.agentId());
            }
        } else if (decision instanceof Decision.Configured configured) {
            settings = configured.settings();
            mode = settings.getOrDefault("mode", mode);
            poolTokens = configuredPool(poolTokens);
        } else if (decision instanceof Decision.ModeSwitched switched) {
            mode = switched.mode();
        } else if (decision instanceof Decision.BudgetChanged changed
                && changed.change().cause().startsWith("pool")) {
            poolTokens = Math.round(changed.change().to());
        }
    }

    private long configuredPool(long otherwise) {
        long tokens = Long.parseLong(settings.getOrDefault("pool.tokens", "0"));
        return tokens > 0 ? tokens : otherwise;
    }

    private void onStep(Decision.OfStep decision) {
        if (decision instanceof Decision.Arrived arrived) {
            onArrived(arrived);
            return;
        }
        Open step = open.get(decision.stepId());
        if (step == null) {
            return;
        }
        if (decision instanceof Decision.Held) {
            step.isHeld = true;
        } else if (decision instanceof Decision.Forwarded forwarded) {
            step.forwardedNanos = forwarded.atNanos();
            step.isHeld |= forwarded.wouldHold();
        } else if (decision instanceof Decision.FirstToken) {
            step.firstTokenNanos = decision.atNanos();
        } else if (decision instanceof Decision.Refused) {
            close(decision.stepId(), step);
            step.track.askedNanos = step.askedNanos;
            happened(refusals, decision.atNanos(), decision.agentId());
            forgetWhoNeverCameBack();
        } else if (decision instanceof Decision.Ended ended) {
            close(decision.stepId(), step);
            onEnded(step, ended);
        }
    }

    private void onArrived(Decision.Arrived arrived) {
        Arrival arrival = arrived.arrival();
        Track track = tracks.computeIfAbsent(arrival.agentId(), id -> new Track(id, arrival));
        if (track.underWay > 0) {
            String id = arrival.agentId() + "+" + arrived.stepId();
            track = tracks.computeIfAbsent(id, beside -> new Track(beside, arrival));
        }
        track.underWay++;
        long asked = track.askedNanos >= 0 ? track.askedNanos : arrived.atNanos();
        Open before = open.put(arrived.stepId(), new Open(arrived, track, asked));
        if (before != null) { // a new process counts from one again
            before.track.underWay--;
        }
    }

    private void close(long stepId, Open step) {
        open.remove(stepId);
        step.track.underWay--;
    }

    private void onEnded(Open step, Decision.Ended ended) {
        Track track = step.track;
        track.askedNanos = -1;
        if (step.forwardedNanos < 0 || !ended.usage().tellsContext()) {
            happened(leftOut, ended.atNanos(), track.id);
            forgetIfEmpty(track);
            return;
        }
        track.steps.add(new RecordedStep(
                step.arrival,
                step.how,
                step.askedNanos,
                step.forwardedNanos,
                step.firstTokenNanos,
                ended.atNanos(),
                step.isHeld,
                ended.usage()));
        byEnd.add(track);
        if (byEnd.size() > mostSteps) {
            Track oldest = byEnd.remove();
            beginNanos = oldest.steps.remove().endedNanos();
            oldest.started = true;
            forgetIfEmpty(oldest);
        }
    }

    /** Agents that were only ever refused are kept so that their wait is known when they come back, but not without end. */
    private void forgetWhoNeverCameBack() {
        if (tracks.size() > 4L * mostSteps) {
            tracks.values().removeIf(track -> track.steps.isEmpty() && track.underWay == 0);
        }
    }

    private void forgetIfEmpty(Track track) {
        if (track.steps.isEmpty() && track.underWay == 0) {
            tracks.remove(track.id);
        }
    }

    /** Counted from the oldest step kept; the bound on steps bounds these, too. */
    private void happened(Deque<Happened> kind, long atNanos, String agentId) {
        kind.add(new Happened(atNanos, agentId));
        while (kind.size() > mostSteps || kind.element().atNanos < beginNanos) {
            kind.remove();
        }
    }

    /** Forgets the answered steps: they were answered under other rules than those that come. */
    public void beginAnew() {
        byEnd.clear();
        pauses.clear();
        refusals.clear();
        leftOut.clear();
        tracks.values().forEach(track -> {
            track.started |= !track.steps.isEmpty();
            track.steps.clear();
        });
        tracks.values().removeIf(track -> track.underWay == 0);
    }

    /** All that is kept. */
    public Recorded recorded() {
        List<Recorded.Agent> agents = new ArrayList<>();
        for (Track track : tracks.values()) {
            if (!track.steps.isEmpty()) {
                agents.add(new Recorded.Agent(
                        track.id, track.first.tenant(), parent(track), List.copyOf(track.steps), track.started));
            }
        }
        agents.sort(Comparator.comparingLong(agent -> agent.first().askedNanos()));
        return new Recorded(
                settings, mode, poolTokens, agents, count(pauses), agentsOf(pauses), count(refusals), count(leftOut));
    }

    private static @Nullable String parent(Track track) {
        return track.id.equals(track.first.agentId()) ? track.first.parentId() : track.first.agentId();
    }

    private int count(Deque<Happened> kind) {
        return (int) kind.stream().filter(one -> one.atNanos >= beginNanos).count();
    }

    private int agentsOf(Deque<Happened> kind) {
        Set<String> agents = new HashSet<>();
        kind.stream().filter(one -> one.atNanos >= beginNanos).forEach(one -> agents.add(one.agentId));
        return agents.size();
    }
}
