// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

/** The commands of one queue. */
interface Commands {
    /**
     * Does what a request asks for.
     *
     * @param request with a whole header
     * @param response gets the payload, if there is one
     * @return the type of the response, see {@code GpuResponse}
     */
    int execute(Request request, Response response);
}
