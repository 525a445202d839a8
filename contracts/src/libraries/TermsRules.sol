// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrowTypes} from "../IEscrowTypes.sol";
import {Refusal} from "./Refusal.sol";

/// @notice Which terms make sense. Whether they are good enough is for those who work under them to decide.
library TermsRules {
    using Refusal for bytes4;

    /// Refuses with the place of the term among `Terms`, from zero, and its value.
    function requireSound(IEscrowTypes.Terms calldata terms, uint256 budget) internal pure {
        bytes4 unsound = IEscrowTypes.UnsoundTerms.selector;
        unsound.unless(terms.challengeDelay > 0, 2, 0);
        unsound.unless(terms.closeDelay >= terms.postDelay, 3, terms.closeDelay);
        uint256 longest = terms.postDelay | terms.challengeDelay | terms.closeDelay | terms.forceDelay;
        unsound.unless(longest <= type(uint32).max, 9, longest);
        unsound.unless(terms.postReserve <= budget, 5, terms.postReserve);
    }
}
