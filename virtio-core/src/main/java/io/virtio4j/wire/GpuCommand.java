// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/** Types of GPU requests. VirtIO 1.2, 5.7.6.7 Device Operation: Request header. */
public final class GpuCommand {
    /** Asks for the displays; no payload. */
    public static final int GET_DISPLAY_INFO = 0x0100;

    /** Makes a resource, see {@link GpuLayout.Create2d}. */
    public static final int RESOURCE_CREATE_2D = 0x0101;

    /** Destroys a resource, see {@link GpuLayout.ResourceOnly}. */
    public static final int RESOURCE_UNREF = 0x0102;

    /** Shows a resource on a scanout, see {@link GpuLayout.SetScanout}. */
    public static final int SET_SCANOUT = 0x0103;

    /** Makes a rectangle of a resource visible, see {@link GpuLayout.Flush}. */
    public static final int RESOURCE_FLUSH = 0x0104;

    /** Copies a rectangle from the backing, see {@link GpuLayout.Transfer2d}. */
    public static final int TRANSFER_TO_HOST_2D = 0x0105;

    /** Gives a resource its backing pages, see {@link GpuLayout.AttachBacking}. */
    public static final int RESOURCE_ATTACH_BACKING = 0x0106;

    /** Takes the backing pages away, see {@link GpuLayout.ResourceOnly}. */
    public static final int RESOURCE_DETACH_BACKING = 0x0107;

    /** Asks about a capability set, see {@link GpuLayout.CapsetInfo}. */
    public static final int GET_CAPSET_INFO = 0x0108;

    /** Asks for a capability set. */
    public static final int GET_CAPSET = 0x0109;

    /** Asks for a display's EDID, see {@link GpuEdidLayout}; needs EDID. */
    public static final int GET_EDID = 0x010A;

    /** Exports a resource, see {@link GpuLayout.ResourceOnly}; needs RESOURCE_UUID. */
    public static final int RESOURCE_ASSIGN_UUID = 0x010B;

    /** Makes a blob resource, see {@link GpuBlobLayout.Create}; needs RESOURCE_BLOB. */
    public static final int RESOURCE_CREATE_BLOB = 0x010C;

    /** Shows a blob resource, see {@link GpuBlobLayout.SetScanout}; needs RESOURCE_BLOB. */
    public static final int SET_SCANOUT_BLOB = 0x010D;

    /** Makes a rendering context; this and all further 0x02xx need VIRGL. */
    public static final int CTX_CREATE = 0x0200;

    /** Destroys a rendering context. */
    public static final int CTX_DESTROY = 0x0201;

    /** Lets a context use a resource. */
    public static final int CTX_ATTACH_RESOURCE = 0x0202;

    /** Ends a context's use of a resource. */
    public static final int CTX_DETACH_RESOURCE = 0x0203;

    /** Makes a 3D resource. */
    public static final int RESOURCE_CREATE_3D = 0x0204;

    /** Copies a box from the backing. */
    public static final int TRANSFER_TO_HOST_3D = 0x0205;

    /** Copies a box to the backing. */
    public static final int TRANSFER_FROM_HOST_3D = 0x0206;

    /** Runs a command stream. */
    public static final int SUBMIT_3D = 0x0207;

    /** Maps a blob into the host visible region; needs RESOURCE_BLOB. */
    public static final int RESOURCE_MAP_BLOB = 0x0208;

    /** Unmaps a blob; needs RESOURCE_BLOB. */
    public static final int RESOURCE_UNMAP_BLOB = 0x0209;

    /** Sets a cursor's image and position, see {@link GpuLayout.Cursor}; cursor queue. */
    public static final int UPDATE_CURSOR = 0x0300;

    /** Moves a cursor, see {@link GpuLayout.Cursor}; cursor queue. */
    public static final int MOVE_CURSOR = 0x0301;

    private GpuCommand() {}

    /**
     * {@return the specification's name for it, or its hexadecimal value if it has none}
     *
     * @param type a request's type
     */
    public static String nameOf(int type) {
        return switch (type) {
            case GET_DISPLAY_INFO -> "GET_DISPLAY_INFO";
            case RESOURCE_CREATE_2D -> "RESOURCE_CREATE_2D";
            case RESOURCE_UNREF -> "RESOURCE_UNREF";
            case SET_SCANOUT -> "SET_SCANOUT";
            case RESOURCE_FLUSH -> "RESOURCE_FLUSH";
            case TRANSFER_TO_HOST_2D -> "TRANSFER_TO_HOST_2D";
            case RESOURCE_ATTACH_BACKING -> "RESOURCE_ATTACH_BACKING";
            case RESOURCE_DETACH_BACKING -> "RESOURCE_DETACH_BACKING";
            case GET_CAPSET_INFO -> "GET_CAPSET_INFO";
            case GET_CAPSET -> "GET_CAPSET";
            case GET_EDID -> "GET_EDID";
            case RESOURCE_ASSIGN_UUID -> "RESOURCE_ASSIGN_UUID";
            case RESOURCE_CREATE_BLOB -> "RESOURCE_CREATE_BLOB";
            case SET_SCANOUT_BLOB -> "SET_SCANOUT_BLOB";
            case CTX_CREATE -> "CTX_CREATE";
            case CTX_DESTROY -> "CTX_DESTROY";
            case CTX_ATTACH_RESOURCE -> "CTX_ATTACH_RESOURCE";
            case CTX_DETACH_RESOURCE -> "CTX_DETACH_RESOURCE";
            case RESOURCE_CREATE_3D -> "RESOURCE_CREATE_3D";
            case TRANSFER_TO_HOST_3D -> "TRANSFER_TO_HOST_3D";
            case TRANSFER_FROM_HOST_3D -> "TRANSFER_FROM_HOST_3D";
            case SUBMIT_3D -> "SUBMIT_3D";
            case RESOURCE_MAP_BLOB -> "RESOURCE_MAP_BLOB";
            case RESOURCE_UNMAP_BLOB -> "RESOURCE_UNMAP_BLOB";
            case UPDATE_CURSOR -> "UPDATE_CURSOR";
            case MOVE_CURSOR -> "MOVE_CURSOR";
            default -> "0x" + Integer.toHexString(type);
        };
    }
}
