// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "./IEscrow.sol";

/// @notice Which terms make sense. Whether they are good enough is for those who work under them to decide.
library TermsRules {
    uint16 internal constant ALL_BPS = 10_000;

    function requireSound(IEscrow.Terms calldata terms, uint88 budget) internal view {
        if (terms.expiry <= block.timestamp) revert IEscrow.BadTerms("expiry", terms.expiry);
        if (terms.challengeDelay == 0) revert IEscrow.BadTerms("challengeDelay", 0);
        if (terms.closeDelay < terms.postDelay) revert IEscrow.BadTerms("closeDelay", terms.closeDelay);
        if (terms.postReserve > budget) revert IEscrow.BadTerms("postReserve", terms.postReserve);
        if (terms.quorumBps > ALL_BPS) revert IEscrow.BadTerms("quorumBps", terms.quorumBps);
        if (terms.forceCap > budget) revert IEscrow.BadTerms("forceCap", terms.forceCap);
    }
}
