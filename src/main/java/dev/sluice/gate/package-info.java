/** The single-writer loop between pure decisions and the concurrent world; a permit ends exactly once. */
@NullMarked
package dev.sluice.gate;

import org.jspecify.annotations.NullMarked;
