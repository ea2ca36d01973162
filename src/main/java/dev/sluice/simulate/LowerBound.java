package dev.sluice.simulate;

import dev.sluice.emulator.Preset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What no law can beat on the emulated engine with that pool, if every agent reaches its end.
 *
 * <p>Three things bound a run. <em>An agent alone</em>: its steps one after the other with everything in the cache, and its
 * pauses. <em>The engine's time</em>: an iteration lasts F + X + K·y, with F its base and the reading of the weights, X what
 * prefill adds, K·y the reading of contexts; it generates one token for each context in the pool, so that contexts that
 * take the share v of the pool need at least F·v of it. X is convex in the prefill's tokens and a prompt is cut only where
 * an iteration's token budget ends, so each prompt pays for its own new tokens whatever they are batched with, less one
 * reading of the weights for each iteration that they fill. <em>The pool's time</em>: what is read back from the cache
 * after a pause was in the pool all the while, or is computed again; {@link LeastWork} tells what can be in the cache, and
 * counts every block for one agent at most.
 *
 * <p>For each weight μ of 0..1, {@code (1 − μ) · engine time + μ · pool time} passes no faster than the clock: a
 * Lagrangian relaxation of the pool's limit. In this mean each step and each return is a job of a known least work on one
 * machine, with a head before it and a tail behind it in its agent's life; {@link OneMachine} gives the least makespan and
 * the least sum of ends, and the best μ is taken.
 *
 * <p>Not counted: a generation that was preempted goes on with a prefill, which reads no KV. Strictly, a run may come below
 * the bound by {@code kvNanosPerToken × context}, under a millisecond for 20,000 tokens, for each preemption.
 *
 * @param makespanSeconds until the last agent's end
 * @param meanSeconds of the agents' lives, sub-agents among them
 */
public record LowerBound(double makespanSeconds, double meanSeconds) {

    private static final int WEIGHTS_TRIED = 20;

    /** The bound for these scripts on that engine. */
    public static LowerBound of(Preset engine, List<AgentScript> scripts) {
        Lives lives = new Lives(new LeastCost(engine, 0), LeastWork.of(scripts));
        double makespan = lives.longestNanos();
        double sumOfEnds = 0;
        for (int i = 0; i < WEIGHTS_TRIED; i++) {
            LeastCost cost = new LeastCost(engine, (double) i / WEIGHTS_TRIED);
            makespan = Math.max(makespan, OneMachine.latestEnd(lives.jobs(cost)));
            sumOfEnds = Math.max(sumOfEnds, OneMachine.sumOfEnds(lives.families(cost)));
        }
        return new LowerBound(makespan / 1e9, lives.meanNanos(sumOfEnds) / 1e9);
    }

    /** Of several runs' bounds; at least one. */
    static LowerBound mean(List<LowerBound> bounds) {
        return new LowerBound(
                bounds.stream()
                        .mapToDouble(LowerBound::makespanSeconds)
                        .average()
                        .orElseThrow(),
                bounds.stream().mapToDouble(LowerBound::meanSeconds).average().orElseThrow());
    }

    /** When things can happen at the earliest in the agents' lives. */
    private static final class Lives {

        /**
         * A step, or what it takes that it finds its prefix.
         *
         * @param family the root agent's number
         * @param head earliest begin of the step
         * @param pause before it
         * @param spared whether sub-agents ran in that pause
         * @param tail from the step's end to that of the root agent
         */
        private record Place(int family, LeastWork.Step step, double head, double pause, boolean spared, double tail) {}

        private final LeastCost alone;
        private final List<LeastWork> roots;
        private final List<Place> places = new ArrayList<>();
        private int agents;
        private double rootNanos; // sum of their lives alone
        private double childNanos;

        Lives(LeastCost alone, List<LeastWork> roots) {
            this.alone = alone;
            this.roots = roots;
            for (int family = 0; family < roots.size(); family++) {
                LeastWork root = roots.get(family);
                rootNanos += alone.aloneNanos(root);
                place(family, root, root.startNanos(), alone.aloneNanos(root), 0);
            }
        }

        private void place(int family, LeastWork agent, double startNanos, double lifeNanos, double tailNanos) {
            agents++;
            double head = startNanos;
            double end = startNanos + lifeNanos + tailNanos;
            double pause = 0;
            boolean spared = false;
            for (LeastWork.Step step : agent.steps()) {
                double stepEnd = head + alone.aloneNanos(step);
                places.add(new Place(family, step, head, pause, spared, end - stepEnd));
                pause = alone.pauseNanos(step);
                spared = !step.children().isEmpty();
                head = stepEnd + pause;
                for (LeastWork child : step.children()) {
                    double life = alone.aloneNanos(child);
                    childNanos += life;
                    place(family, child, stepEnd + child.startNanos(), life, end - head);
                }
            }
        }

        double longestNanos() {
            double longest = 0;
            for (LeastWork root : roots) {
                longest = Math.max(longest, root.startNanos() + alone.aloneNanos(root));
            }
            return longest;
        }

        List<OneMachine.Job> jobs(LeastCost cost) {
            List<OneMachine.Job> jobs = new ArrayList<>();
            for (Place place : places) {
                jobs.add(new OneMachine.Job(place.head, cost.stepNanos(place.step), place.tail));
                double back = cost.returnNanos(place.step, place.pause, place.spared);
                if (back > 0) {
                    jobs.add(new OneMachine.Job(place.head - place.pause, back, place.tail));
                }
            }
            return jobs;
        }

        /** A root agent ends when all that its family does is done. */
        List<OneMachine.Job> families(LeastCost cost) {
            Map<Integer, Double> work = new HashMap<>();
            for (Place place : places) {
                double nanos = cost.stepNanos(place.step) + cost.returnNanos(place.step, place.pause, place.spared);
                work.merge(place.family, nanos, Double::sum);
            }
            List<OneMachine.Job> jobs = new ArrayList<>();
            for (int family = 0; family < roots.size(); family++) {
                jobs.add(new OneMachine.Job(roots.get(family).startNanos(), work.getOrDefault(family, 0.0), 0));
            }
            return jobs;
        }

        /** Mean life, given the least sum of the roots' ends on a machine that they share. */
        double meanNanos(double sumOfEnds) {
            double starts = roots.stream().mapToDouble(LeastWork::startNanos).sum();
            return agents == 0 ? 0 : (Math.max(sumOfEnds - starts, rootNanos) + childNanos) / agents;
        }
    }
}
