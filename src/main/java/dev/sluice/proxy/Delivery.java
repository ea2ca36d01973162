package dev.sluice.proxy;

/** How the body of an answer is handed over. */
enum Delivery {
    /** As it came, whatever frames its chunks included: it passes on untouched, and its content is only looked at. */
    FRAMED,

    /** What the framing carries, without it. */
    CONTENT
}
