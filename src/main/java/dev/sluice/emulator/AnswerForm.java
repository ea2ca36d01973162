package dev.sluice.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * How one answer is written for its client: either {@link #whole()}, or {@link #start}, each piece in order, {@link #end}.
 * Confined to the client's event loop.
 */
interface AnswerForm {

    /** The first token is there. */
    void start(EventStream out);

    void piece(Answer.Piece piece, EventStream out);

    void end(EventStream out);

    ObjectNode whole();
}
