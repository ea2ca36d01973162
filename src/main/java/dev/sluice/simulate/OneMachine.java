package dev.sluice.simulate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The best preemptive schedules of jobs on one machine of speed 1, as relaxations of richer problems: the least latest
 * delivery by Jackson's rule with preemption (longest tail first; Carlier 1982), and the least sum of ends by the
 * shortest remaining work first (Schrage 1968).
 */
final class OneMachine {

    private OneMachine() {}

    /**
     * A job.
     *
     * @param head earliest moment that it can begin
     * @param work on the machine
     * @param tail what must follow after it elsewhere
     */
    record Job(double head, double work, double tail) {}

    /** A job on its way. */
    private static final class Open {
        final double tail;
        double left;

        Open(Job job) {
            this.tail = job.tail;
            this.left = job.work;
        }
    }

    private interface End {
        void at(double moment, double tail);
    }

    /** The least possible latest end, tails included; 0 without jobs. */
    static double latestEnd(List<Job> jobs) {
        double[] latest = {0};
        serve(
                jobs,
                Comparator.comparingDouble((Open open) -> open.tail).reversed(),
                (moment, tail) -> latest[0] = Math.max(latest[0], moment + tail));
        return latest[0];
    }

    /** The least possible sum of all ends; tails do not count. */
    static double sumOfEnds(List<Job> jobs) {
        double[] sum = {0};
        serve(jobs, Comparator.comparingDouble((Open open) -> open.left), (moment, tail) -> sum[0] += moment);
        return sum[0];
    }

    private static void serve(List<Job> jobs, Comparator<Open> first, End end) {
        List<Job> byHead = new ArrayList<>(jobs);
        byHead.sort(Comparator.comparingDouble(Job::head));
        PriorityQueue<Open> open = new PriorityQueue<>(first);
        double now = 0;
        int next = 0;
        while (next < byHead.size() || !open.isEmpty()) {
            if (open.isEmpty()) {
                now = Math.max(now, byHead.get(next).head);
            }
            while (next < byHead.size() && byHead.get(next).head <= now) {
                open.add(new Open(byHead.get(next++)));
            }
            Open served = open.remove();
            double run = next < byHead.size() ? Math.min(served.left, byHead.get(next).head - now) : served.left;
            now += run;
            served.left -= run;
            if (served.left > 0) {
                open.add(served);
            } else {
                end.at(now, served.tail);
            }
        }
    }
}
