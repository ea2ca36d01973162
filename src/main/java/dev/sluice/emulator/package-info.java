/** The embedded engine: a paged-KV model with prefix cache and continuous batching, and its HTTP surface. */
@NullMarked
package dev.sluice.emulator;

import org.jspecify.annotations.NullMarked;
