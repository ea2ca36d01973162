package dev.sluice.api;

/**
 * One edit of a request body; every byte outside it stays.
 *
 * @param offset where, in bytes from the start of the body
 * @param deleted bytes taken out there
 * @param inserted text put in instead, ASCII
 */
public record BodyEdit(int offset, int deleted, String inserted) {}
