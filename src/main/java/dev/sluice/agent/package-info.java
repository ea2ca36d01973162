/** Who is asking: identity rules over headers and body fields. */
@NullMarked
package dev.sluice.agent;

import org.jspecify.annotations.NullMarked;
