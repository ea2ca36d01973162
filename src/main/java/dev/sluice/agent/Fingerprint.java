package dev.sluice.agent;

/**
 * By what a request's conversation is known again.
 *
 * @param realm hash of the circle within which conversations are compared: one id of one credential, or, without an id, all
 *     that one credential sends
 * @param who what the request's id tells
 * @param chain what its prompt is made of
 * @param repeated whether the client says that it asks again what it asked before
 */
public record Fingerprint(long realm, Who who, Chain chain, boolean repeated) {

    /** What an id stands for. */
    public enum Who {
        /** There is none. */
        NOBODY,
        /** One session: one main conversation, and others beside it that belong to it. */
        SESSION,
        /** A person or a program, with any number of conversations that have nothing to do with each other. */
        PERSON
    }

    /** Nothing to go by: the request is whose its id says, and nobody else's. */
    public static final Fingerprint NONE = new Fingerprint(0, Who.NOBODY, Chain.NONE, false);
}
