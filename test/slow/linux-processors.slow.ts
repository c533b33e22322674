/** The device as a program for processors that are not this computer's, under QEMU. */
import { linuxTargets } from '#host/firmware/linux-device';
import { endsWithTests, own, trainsAsSimulated } from '../firmware/linux-programs.js';

endsWithTests();
trainsAsSimulated(linuxTargets.filter((target) => target !== own));
