// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Disputes} from "./Disputes.sol";
import {Epochs} from "./Epochs.sol";
import {IEscrow} from "./IEscrow.sol";
import {Jobs} from "./Jobs.sol";
import {Payouts} from "./Payouts.sol";
import {Quorum} from "./Quorum.sol";

/// @title The escrow of Weft; its agreement is written in IEscrow
/// @dev The order of the bases is the order of their storage, which `read` promises.
contract Escrow is Jobs, Epochs, Quorum, Payouts, Disputes {
    /// @inheritdoc IEscrow
    function feedback(Opening calldata opening, ProvenLeaf calldata proven, uint256 score, bytes32 evidence) external {
        _requireOpening(opening, proven.jobId);
        _requireFinal(proven);
        address account = proven.leaf.account;
        if (msg.sender != opening.publisher) _requireCaller(account);
        emit FeedbackGiven(proven.jobId, account, msg.sender, proven.leaf.amount, score, evidence);
    }
}
