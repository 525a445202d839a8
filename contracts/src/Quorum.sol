// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Hashes} from "./libraries/Hashes.sol";
import {IEscrow} from "./IEscrow.sol";
import {Ledger} from "./Ledger.sol";
import {Refusal} from "./libraries/Refusal.sol";
import {SumTree} from "./libraries/SumTree.sol";
import {Windows} from "./libraries/Windows.sol";
import {Words} from "./libraries/Words.sol";

/// @notice How payees replace a settler that has fallen silent, and how one that has not objects.
abstract contract Quorum is Ledger {
    using Refusal for bytes4;
    using Windows for Job;

    /// The most that one signer adds to a quorum, in percent of all weight.
    uint256 private constant MAX_WEIGHT_PERCENT = 34;
    /// Forced epochs together pay at most this part of what the settler's epochs have made final.
    uint256 private constant FORCED_PART = 4;

    /// @inheritdoc IEscrow
    function force(Opening calldata opening, Forced calldata forced, Attestation[] calldata attestations) external {
        bytes32 jobId = forced.jobId;
        _requireOpening(opening, jobId);
        Job storage target = _live(jobId);
        _requireOngoing(target);
        uint256 number = FORCED | target.forcedEpochs;
        WrongEpoch.selector.unless(forced.epoch == number, forced.epoch, number);
        _requireDepth(forced.depth);
        (Epoch storage weights, uint256 sum) = _latestFinal(target, jobId);
        _requireQuorum(weights, opening.terms, forced, attestations);
        uint256 cap = _min(sum / FORCED_PART, opening.terms.forceCap);
        sum = target.forced + forced.total;
        OverForceCap.selector.unless(sum <= cap, sum, cap);

        _earmark(target, opening.terms, forced.total);
        target.forcedEpochs += 1;
        target.forced = uint88(sum);
        uint256 finalAt = block.timestamp + opening.terms.forceDelay;
        target.forcedBy = uint40(finalAt);
        _write(_epochOf(jobId, number), forced.root, forced.total | finalAt << 176 | forced.depth << 240);
        Words.log(EpochForced.selector, jobId, number, Words.startOf(forced), 6, finalAt);
    }

    /// @inheritdoc IEscrow
    function veto(Veto calldata order, bytes calldata signature) external {
        Job storage target = _live(order.jobId);
        Epoch storage forced = _epochOf(order.jobId, order.epoch);
        bool isPending = order.epoch & FORCED != 0 && forced.root == order.root && forced.finalAt > block.timestamp;
        NotPending.selector.unless(isPending, order.epoch, forced.finalAt);
        _requireSigned(target.settler, Hashes.hash(order), signature);

        uint88 total = forced.total;
        target.committed -= total;
        target.forced -= total;
        target.forget(total);
        _write(forced, 0, 0);
        emit EpochVetoed(order.jobId, order.epoch, order.root);
    }

    /// Enough payees, by number and by what they hold in the latest final epoch of the settler. Nobody counts for more
    /// than a third of it.
    function _requireQuorum(
        Epoch storage weights,
        Terms calldata terms,
        Forced calldata forced,
        Attestation[] calldata attestations
    ) private view {
        (bytes32 structHash, uint256 total) = (Hashes.hash(forced), weights.total);
        (uint256 weight, address former) = (0, address(0));
        for (uint256 i = 0; i < attestations.length; ++i) {
            Attestation calldata attestation = attestations[i];
            Leaf calldata leaf = attestation.leaf;
            OutOfOrder.selector.unless(leaf.account > former, uint160(leaf.account), uint160(former));
            SumTree.requireIn(weights.root, total, weights.depth, leaf, attestation.proof);
            _requireSigned(leaf.account, structHash, attestation.signature);
            weight += _min(leaf.amount, total * MAX_WEIGHT_PERCENT / 100);
            former = leaf.account;
        }
        bool isEnough = weight > 0 && attestations.length >= terms.minSigners;
        NoQuorum.selector.unless(isEnough && weight * 10_000 >= total * terms.quorumBps, weight, total);
    }

    /// The newest final epoch of the settler, and the sum of all that are final: they become so in their order.
    function _latestFinal(Job storage target, bytes32 jobId) private view returns (Epoch storage found, uint256 sum) {
        uint256 number = target.epochs;
        sum = target.committed - target.forced;
        do {
            NotFinal.selector.unless(number != 0, 0, 0);
            found = _epochOf(jobId, --number);
            if (found.finalAt > block.timestamp) sum -= found.total;
        } while (found.finalAt > block.timestamp);
    }
}
