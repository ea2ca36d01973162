package dev.sluice.simulate;

import dev.sluice.emulator.CoreStats;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Scripts run over HTTP, in real time, one thread an agent. Used for one run. Thread-safe. */
public final class HttpRun {

    private static final Duration LOOK = Duration.ofMillis(250);

    private final Tally tally = new Tally();

    /** Told several times a second how the run goes. */
    public interface Progress {
        /**
         * So far.
         *
         * @param steps steps answered so far
         * @param ended agents that reached their end
         * @param liveTokens contexts of the agents that have started and not ended, together
         */
        void onProgress(int steps, int ended, long liveTokens);
    }

    /**
     * Runs all scripts to their end.
     *
     * @param base the OpenAI-compatible base URL, without {@code /v1}
     * @return how it went; the engine's counters are the caller's to add
     * @throws IOException if an agent could not reach its end, or the bound on the run was over
     */
    public Finished run(List<AgentScript> scripts, URI base, String model, Duration bound, Progress progress)
            throws IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
        HttpAgent.Target target = new HttpAgent.Target(client, base.resolve("/v1/chat/completions"), model);
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "agent");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<?>> agents = new ArrayList<>();
            for (AgentScript script : scripts) {
                agents.add(threads.submit(() -> {
                    new HttpAgent(script, target, tally).run();
                    return null;
                }));
            }
            long endNanos = System.nanoTime() + bound.toNanos();
            for (Future<?> agent : agents) {
                await(agent, endNanos, progress);
            }
            return new Finished(tally);
        } finally {
            threads.shutdownNow();
        }
    }

    private void await(Future<?> agent, long endNanos, Progress progress) throws IOException, InterruptedException {
        while (true) {
            try {
                agent.get(LOOK.toNanos(), TimeUnit.NANOSECONDS);
                return;
            } catch (TimeoutException e) {
                progress.onProgress(tally.steps(), tally.ended(), tally.liveTokens());
                if (System.nanoTime() - endNanos > 0) {
                    throw new IOException("the agents did not end in time");
                }
            } catch (ExecutionException e) {
                throw new IOException(e.getCause() == null ? e : e.getCause());
            }
        }
    }

    /** A run that is over. */
    public static final class Finished {

        private final Tally tally;

        private Finished(Tally tally) {
            this.tally = tally;
        }

        /** The outcome, given the engine's own counters over the run. */
        public Outcome outcome(CoreStats engine) {
            return tally.outcome(engine);
        }
    }
}
