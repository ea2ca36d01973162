/** Arithmetic for those who plan: what fits into an engine's KV cache, and what served tokens cost. Pure. */
@NullMarked
package dev.sluice.plan;

import org.jspecify.annotations.NullMarked;
