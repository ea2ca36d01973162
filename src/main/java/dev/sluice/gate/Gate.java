package dev.sluice.gate;

import dev.sluice.admission.AgentEnd;
import dev.sluice.admission.Arrival;
import dev.sluice.admission.Place;
import dev.sluice.admission.Refusal;
import dev.sluice.admission.Snapshot;
import dev.sluice.agent.Fingerprint;
import dev.sluice.control.EngineSignal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The door to the engine, as the concurrent world sees it. Thread-safe: every method may be called from any thread. */
public interface Gate {

    /**
     * Asks leave to forward one step. Exactly one of {@link Caller#forward} and {@link Caller#refused} follows, once,
     * run by {@code callerLoop} (the event loop of the client's channel), possibly within this call.
     *
     * @param arrival whose step it is by its id alone
     * @param print by what its conversation is known again
     * @return the claim on a place, by which the caller may leave before it is answered
     */
    Claim ask(Arrival arrival, Fingerprint print, Caller caller, Executor callerLoop);

    /** Hands the gate what the engine's metrics said. */
    void onSignal(EngineSignal signal);

    /** From now on new steps are refused as draining and held steps are, too; running steps are left alone. */
    void drain();

    /** Tells that an agent has ended: nothing is kept for it from now on, or after the step under way. */
    default CompletableFuture<AgentEnd> endAgent(String agentId) {
        return CompletableFuture.completedFuture(AgentEnd.UNKNOWN);
    }

    /** A picture of the gate, made on its own loop. */
    CompletableFuture<Snapshot> snapshot();

    /** Who asked. */
    interface Caller {

        /** Told first, if the step is another agent's than its id alone says. */
        default void attributed(String agentId) {}

        /** The step waits, and this is its place; told once, and whenever {@link Claim#look} asks. */
        default void held(Place place) {}

        /** The step may go. The caller owns the permit and must end it exactly once, whatever happens. */
        void forward(Permit permit);

        /** The step may not go; nothing is owned. */
        void refused(Refusal refusal);
    }

    /** A place in the queue, or what will be one. */
    interface Claim {

        /**
         * The client has left. Idempotent. If the answer is already on its way, {@link Caller#forward} still comes and
         * its permit must be ended as usual.
         */
        void withdraw();

        /** Asks where the step stands: {@link Caller#held} follows, if it still waits then. */
        default void look() {}
    }
}
