/** Pictures of simulated runs: SVG and the page around it. */
@NullMarked
package dev.sluice.simulate.plot;

import org.jspecify.annotations.NullMarked;
