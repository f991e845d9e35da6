/* SPDX-License-Identifier: MIT
 *
 * What people are told when a pin cannot be made: by the step that failed and the kernel's word for it.
 */
#pragma once

typedef enum PinStep {
	PIN_STEP_DONE,
	PIN_STEP_DESCRIPTOR, /* what was passed: EACCES not opened to read, ENOTDIR no directory, ENOENT deleted, EPERM somebody else's */
	PIN_STEP_OPEN,       /* a kept one: its owner cannot open it */
	PIN_STEP_CHANGED,    /* ... it is another directory */
	PIN_STEP_LOOK,       /* it could not be looked at */
	PIN_STEP_TYPE,       /* a file system that is not in the list */
	PIN_STEP_NAMESPACE,  /* not of the host's mounts */
	PIN_STEP_BELOW,      /* something is mounted in it */
	PIN_STEP_CLONE,      /* open_tree(2) */
	PIN_STEP_IDMAP,      /* mount_setattr(2) */
	PIN_STEP_ATTACH,     /* move_mount(2) */
	PIN_STEP_USERNS,     /* the user namespace that holds the map */
	PIN_STEP_PLACE,      /* below /run/sentinel/pins */
	PIN_STEP_WRITE,      /* the list of pins */
	PIN_STEP_KEEP,       /* the list of kept ones */
	PIN_STEP_TIME,       /* it took too long */
	PIN_STEP_COUNT
} PinStep;

/* Static text: what is wrong, and what to do. */
const char *pin_refusal(PinStep step, int error);
